// Command powercut shuts a mounted ext4 down as if its power failed: what no sync has made durable is
// lost, the journal is not written out, and every later call fails (ioctl EXT4_IOC_SHUTDOWN, as the
// godown of xfstests). Needs root.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

const (
	// _IOR('X', 125, __u32)
	shutdownCall = 0x8004587d
	// Without flushing the journal.
	noLogFlush = 2
)

func main() {
	if err := cut(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func cut(mountPoint string) error {
	directory, err := os.Open(mountPoint)
	if err != nil {
		return err
	}
	defer directory.Close()
	flags := uint32(noLogFlush)
	_, _, failed := syscall.Syscall(syscall.SYS_IOCTL, directory.Fd(), shutdownCall, uintptr(unsafe.Pointer(&flags)))
	if failed != 0 {
		return fmt.Errorf("shutdown of %s: %w", mountPoint, failed)
	}
	return nil
}
