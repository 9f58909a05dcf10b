//! Test suites only: this package has no library code of its own.
