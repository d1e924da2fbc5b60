// Half-open intervals of text, each with a value, asked "which hold this point?". A treap ordered by
// (start, end) in which every node knows the greatest end below it (CLRS 14.3; etcd has pkg/adt).
// Insert and delete cost O(log n) expected, a question O(log n + answers).

interface Node<Value> {
  readonly start: string;
  readonly end: string;
  readonly priority: number;
  value: Value;
  greatestEnd: string;
  left: Node<Value> | undefined;
  right: Node<Value> | undefined;
}

export class IntervalTree<Value> {
  #root: Node<Value> | undefined;
  #size = 0;
  // A fixed sequence: the shape of the tree need not be secret, only balanced.
  #priority = 0x9e3779b9;

  get size(): number {
    return this.#size;
  }

  get(start: string, end: string): Value | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const order = compare(start, end, node);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** Adds [start, end), which must not be there yet. */
  insert(start: string, end: string, value: Value): void {
    const priority = this.#nextPriority();
    const node = { start, end, priority, value, greatestEnd: end, left: undefined };
    this.#root = insertBelow(this.#root, { ...node, right: undefined });
    this.#size++;
  }

  /** Takes [start, end) out; it must be there. */
  delete(start: string, end: string): void {
    this.#root = deleteBelow(this.#root, start, end);
    this.#size--;
  }

  /** Appends to `found` the value of every interval with start <= point < end, by start. */
  stab(point: string, found: Value[]): void {
    stabBelow(this.#root, point, found);
  }

  /** Some value, or undefined when the tree is empty. */
  any(): Value | undefined {
    return this.#root?.value;
  }

  #nextPriority(): number {
    let bits = this.#priority;
    bits ^= bits << 13;
    bits ^= bits >>> 17;
    bits ^= bits << 5;
    this.#priority = bits;
    return bits;
  }
}

function compare<Value>(start: string, end: string, node: Node<Value>): number {
  if (start !== node.start) return start < node.start ? -1 : 1;
  if (end !== node.end) return end < node.end ? -1 : 1;
  return 0;
}

function refresh<Value>(node: Node<Value>): Node<Value> {
  let greatest = node.end;
  const { left, right } = node;
  if (left !== undefined && left.greatestEnd > greatest) greatest = left.greatestEnd;
  if (right !== undefined && right.greatestEnd > greatest) greatest = right.greatestEnd;
  node.greatestEnd = greatest;
  return node;
}

function insertBelow<Value>(node: Node<Value> | undefined, added: Node<Value>): Node<Value> {
  if (node === undefined) return added;
  if (compare(added.start, added.end, node) < 0) {
    const child = insertBelow(node.left, added);
    node.left = child;
    if (child.priority <= node.priority) return refresh(node);
    node.left = child.right;
    child.right = refresh(node);
    return refresh(child);
  }
  const child = insertBelow(node.right, added);
  node.right = child;
  if (child.priority <= node.priority) return refresh(node);
  node.right = child.left;
  child.left = refresh(node);
  return refresh(child);
}

function deleteBelow<Value>(
  node: Node<Value> | undefined,
  start: string,
  end: string,
): Node<Value> | undefined {
  if (node === undefined) return undefined;
  const order = compare(start, end, node);
  if (order === 0) return join(node.left, node.right);
  if (order < 0) node.left = deleteBelow(node.left, start, end);
  else node.right = deleteBelow(node.right, start, end);
  return refresh(node);
}

/** One tree of two, all of `left` before all of `right`. */
function join<Value>(
  left: Node<Value> | undefined,
  right: Node<Value> | undefined,
): Node<Value> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = join(left.right, right);
    return refresh(left);
  }
  right.left = join(left, right.left);
  return refresh(right);
}

function stabBelow<Value>(node: Node<Value> | undefined, point: string, found: Value[]): void {
  if (node === undefined || node.greatestEnd <= point) return;
  stabBelow(node.left, point, found);
  if (node.start > point) return;
  if (point < node.end) found.push(node.value);
  stabBelow(node.right, point, found);
}
