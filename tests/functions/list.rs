//! The probes about panics and exits, once for those that run them and those that are run.

/// Calls the macro with the names of all of them.
macro_rules! every_probe {
    ($programs:ident) => {
        $programs! {
            p01_panic_string
            p02_panic_error
            p02b_panic_fmt_errorf_wrap
            p03_panic_struct
            p03b_panic_ptr_struct
            p04_panic_stringer
            p04b_panic_custom_error
            p04c_panic_ptr_custom_error
            p05_panic_int
            p06_panic_float
            p06b_panic_bool
            p06c_panic_slice
            p06d_panic_multiline_string
            p06e_panic_func
            p06f_panic_rune
            p07_panic_nil
            p08_panic_goroutine
            p08b_panic_goroutine_main_recover_useless
            p08c_panic_goroutine_runs_its_defers_only
            p09_panic_in_deferred
            p09b_panic_in_deferred_three
            p10_repanic_same
            p10b_repanic_other
            p10c_repanic_error
            p21_exit_in_goroutine
            p22_log_fatal
            p22b_log_fatalln
            p22c_log_fatalf_err
            p22d_log_panic
            p22e_log_print_forms
            p34_exit_codes
        }
    };
}
