// Lets functions without bodies be declared here: they are linked by name.
