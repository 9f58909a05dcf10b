//! The programs of area `defer/panic` that end their process, once for those that run them and those that are run.

/// Calls the macro with the names of all that do the same in every run, and of some more.
macro_rules! every_crash {
    ($programs:ident $($more:ident)*) => {
        $programs! {
            simple_deadlock
            goroutine_deadlock
            goexit_deadlock
            goexit_crash
            goexit_in_a_deferred_call
            panic_after_goexit
            recover_before_panic_after_goexit
            recursive_panic
            recursive_panic3
            recursive_panic4
            recursive_panic5
            repanicked_panic
            repanicked_middle_panic
            double_panic
            panic_deadlock_syscall
            panic_deadlock_gosched
            main_goroutine_id
            no_helper_goroutines
            panic_while_panicking_string
            panic_while_panicking_error
            panic_loop
            defer_no_exit
            deferprint
            goprint
            $($more)*
        }
    };
}
