//! The programs of the suite `process`, one executable for all of them: the first argument says which one runs.

mod alive;
mod costs;
mod ends;
mod hooks;
mod leaks;
mod owned;
mod probe;
mod quits;
mod signals;
mod soak;
mod stuck;

use probe::{channels, deadlocks, exits, locks, panics, recovers, timers};

/// Runs the `main` of a module by the module's path.
macro_rules! programs {
    ($($file:ident::$program:ident)*) => {
        fn main() {
            let wanted = std::env::args().nth(1).unwrap_or_default();
            match wanted.as_str() {
                $(concat!(stringify!($file), "::", stringify!($program)) => _ = $file::$program::main(),)*
                _ => panic!("there is no program `{wanted}`"),
            }
        }
    };
}

programs! {
    ends::returns
    ends::returns_beside_a_hog
    ends::fails
    ends::code
    ends::exits
    ends::goroutine_panics
    ends::main_panics
    ends::channel_panics
    stuck::everywhere
    stuck::since
    stuck::beside_a_service
    alive::thread
    alive::blocking
    alive::task
    alive::timer
    alive::io
    owned::threads
    owned::one_thread
    costs::blocked
    costs::idle
    leaks::dead
    leaks::alive
    leaks::dead_otherwise
    leaks::alive_otherwise
    leaks::dead_contexts
    leaks::alive_contexts
    leaks::unknown
    leaks::churn
    hooks::before
    hooks::chained
    hooks::replacing
    hooks::owned
    hooks::outside
    owned::stuck
    owned::attached
    owned::server
    owned::axum_server
    soak::waits
    soak::deadlocks
    quits::busy
    quits::opted_out
    quits::owned
    quits::stack_all
    quits::runnable
    signals::notify
    signals::full
    signals::stop
    signals::stop_ignored
    signals::ignore
    signals::context
    signals::context_otherwise
    signals::deadlock
    signals::deadlock_by_a_thread
    signals::quit
    signals::owned
    signals::churn
    signals::nil
    channels::c01_send_on_closed
    channels::c01b_send_on_closed_select_default
    channels::c02_close_closed
    channels::c03_close_nil
    channels::c04_close_wakes_blocked_sender
    channels::c04b_close_wakes_blocked_select_send
    channels::c05_makechan_negative
    channels::c05b_makechan_huge
    deadlocks::d01_main_recv
    deadlocks::d02_main_send
    deadlocks::d03_send_full_buffered
    deadlocks::d04_select_empty
    deadlocks::d05_select_cases
    deadlocks::d05b_select_one_case
    deadlocks::d06_nil_recv
    deadlocks::d07_nil_send
    deadlocks::d08_nil_range
    deadlocks::d08b_range_unclosed
    deadlocks::d09_wg_wait
    deadlocks::d10_mutex_lock
    deadlocks::d11_rwmutex_rlock
    deadlocks::d12_rwmutex_lock
    deadlocks::d12b_rwmutex_recursive_rlock
    deadlocks::d13_cond_wait
    deadlocks::d14_once_recursive
    deadlocks::d15_many
    deadlocks::d16_select_nil_only
    deadlocks::d18_goexit_main_no_others
    deadlocks::d18b_goexit_main_blocked_other
    deadlocks::d18c_goexit_main_other_finishes
    deadlocks::d18d_goexit_main_other_osexit
    deadlocks::d20_pending_timer_not_deadlock
    deadlocks::d23_spinning_goroutine
    deadlocks::d25_ctx_done
    deadlocks::d26_background_done
    deadlocks::d26b_ctx_timeout_no_deadlock
    deadlocks::d29_partial_deadlock
    deadlocks::d31_deadlock_method_goroutine
    deadlocks::d34_long_wait
    deadlocks::d35_goroutine_dump_dedup_order
    deadlocks::d39_wg_and_leaked_worker
    exits::p21_exit_in_goroutine
    exits::p22_log_fatal
    exits::p22b_log_fatalln
    exits::p22c_log_fatalf_err
    exits::p22d_log_panic
    exits::p22e_log_print_forms
    exits::p34_exit_codes
    exits::p36_goexit_main_other_prints
    exits::p39_stdout_flush_on_exit
    exits::p40_deadlock_after_output
    exits::p25_signals
    locks::s01_negative_wg
    locks::s01b_negative_wg_add
    locks::s02_wg_misuse_add_wait
    locks::s03_wg_add_from_zero_with_waiter
    locks::s04_unlock_unlocked
    locks::s05_runlock_unlocked
    locks::s06_rw_unlock_unlocked
    locks::s06b_rw_unlock_when_rlocked
    locks::s06c_runlock_when_locked
    panics::p01_panic_string
    panics::p02_panic_error
    panics::p02b_panic_fmt_errorf_wrap
    panics::p04b_panic_custom_error
    panics::p05_panic_int
    panics::p06_panic_float
    panics::p06b_panic_bool
    panics::p06d_panic_multiline_string
    panics::p06f_panic_rune
    panics::p07_panic_nil
    panics::p08_panic_goroutine
    panics::p08c_panic_goroutine_runs_its_defers_only
    panics::p23_panic_others
    panics::p24_traceback
    panics::p32_concurrent_panics
    timers::t01_newticker_zero
    timers::t02_tick_zero
    timers::t03_ticker_reset_neg
    timers::t06_timer_uninit_stop
    timers::t06b_timer_uninit_reset
    timers::t06c_ticker_uninit_reset
    timers::t07_afterfunc_panic
    timers::d20b_sleeping_goroutine_delays
    timers::d21_stopped_timer
    timers::d21b_ticker_keeps_alive
    timers::d21c_timer_hour_unreferenced
    timers::d21d_afterfunc_hour
    timers::d37_ctx_afterfunc_no_keepalive
    timers::d38_ctx_timeout_keeps_alive
    timers::d22_signal_notify_hides
    timers::d22b_listener_hides
    timers::d22d_stdin_read_hides
    timers::d22e_import_os_signal_only
    recovers::s04b_unlock_unlocked_recover
    recovers::d30_deadlock_with_defer
    recovers::s07_wg_go_panic
    recovers::p08b_panic_goroutine_main_recover_useless
    recovers::p09_panic_in_deferred
    recovers::p09b_panic_in_deferred_three
    recovers::p10_repanic_same
    recovers::p10b_repanic_other
    recovers::p10c_repanic_error
    recovers::p11_recovered_then_new_panic
    recovers::p12b_panic_after_goexit
    recovers::p33_panic_during_panic_output_error_wrap
    recovers::p37_panic_printed_after_defers
    recovers::p03_panic_struct
    recovers::p03b_panic_ptr_struct
    recovers::p04_panic_stringer
    recovers::p04c_panic_ptr_custom_error
    recovers::p06c_panic_slice
    recovers::p06e_panic_func
    recovers::p16_panic_in_error_method
    recovers::p16b_recovered
}
