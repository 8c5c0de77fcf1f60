int clean() { return 1; }
