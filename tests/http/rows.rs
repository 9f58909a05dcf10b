//! Which of Go's visible tests of `net/http` is which test here.

use std::path::Path;

use go_tests::harness::rows::{self, Row, is};

const ROWS: &[Row] = &[
    is("TestServerRequestContextCancel_ServeHTTPDone", &["conn::server_request_context_cancel_serve_http_done"]),
    is(
        "TestServerRequestContextCancel_ConnClose",
        &["conn::server_request_context_cancel_conn_close", "tls::a_client_that_leaves_cancels_the_context"],
    ),
    is("TestServerContexts", &["conn::server_contexts"]),
    is("TestServerContextsHTTP2", &["conn::server_contexts_http2"]),
    is("TestConnContextNotModifyingAllContexts", &["conn::server_contexts"]),
    is("TestServerContext_ServerContextKey", &["conn::server_contexts"]),
    is("TestServerContext_LocalAddrContextKey", &["conn::server_contexts"]),
    is("TestServerHijackGetsBackgroundByte", &["handlers::server_hijack_gets_background_bytes"]),
    is("TestServerHijackGetsBackgroundByte_big", &["handlers::server_hijack_gets_background_bytes"]),
    is("TestCloseNotifier", &["conn::server_request_context_cancel_conn_close"]),
    is("TestCloseNotifierPipelined", &["conn::close_notifier_pipelined"]),
    is("TestServerShutdown", &["server::server_shutdown", "ending::a_shutdown_under_load_loses_no_request"]),
    is("TestServerShutdownThenServe", &["server::server_shutdown"]),
    is("TestServerGracefulClose", &["handlers::bodies_have_limits"]),
    is("TestServerTimeouts", &["server::slow_senders_are_cut_off", "slow::senders_of_single_bytes_are_cut_off"]),
    is("TestServerReadTimeout", &["server::slow_senders_are_cut_off", "slow::senders_of_slow_bodies_are_cut_off"]),
    is("TestServerWriteTimeout", &["server::server_write_timeout"]),
    is("TestOnlyWriteTimeout", &["server::server_write_timeout"]),
    is("TestServerIdleTimeout", &["server::server_idle_timeout"]),
    is("TestTimeoutHandler", &["server::timeout_handler"]),
    is("TestTimeoutHandlerEmptyResponse", &["server::timeout_handler"]),
    is("TestHandlerPanic", &["conn::handler_panic"]),
    is("TestHandlerPanicNil", &["conn::handler_panic_nil"]),
    is("TestRequestBodyReadErrorClosesConnection", &["unread::request_body_read_error_closes_connection"]),
    is("TestRequestBodyTimeoutClosesConnection", &["unread::request_body_timeout_closes_connection"]),
    is("TestHandlerBodyClose", &["unread::handler_body_close"]),
    is("TestServerRequestBodyCloseAfterPartialRead", &["unread::handler_body_close"]),
    is("TestTransportCancelRequest", &["client::cancelling_stops_a_request_in_every_phase"]),
    is("TestTransportCancelRequestBeforeDo", &["client::a_done_context_never_dials"]),
    is("TestTransportCancelRequestWithBody", &["client::cancelling_stops_a_request_in_every_phase"]),
    is("TestTransportCancelRequestInDo", &["client::cancelling_stops_a_request_in_every_phase"]),
    is("TestTransportCancelRequestBeforeResponseHeaders", &["client::cancelling_stops_a_request_in_every_phase"]),
    is("TestClientTimeout", &["client::a_timeout_stops_a_request_in_every_phase"]),
    is("TestClientTimeout_Headers", &["client::a_timeout_stops_a_request_in_every_phase"]),
    is("TestClientTimeoutCancel", &["client::a_timeout_stops_a_request_in_every_phase"]),
    is("TestClientPropagatesTimeoutToContext", &["dialer::client_propagates_timeout_to_context"]),
    is("TestClientRedirectsContext", &["client::client_redirects"]),
    is("TestTransportResponseCancelRace", &["client::transport_response_cancel_race"]),
    is("TestTransportDialContext", &["dialer::transport_dial_context", "tls::what_a_dialer_returns_is_encrypted"]),
    is("the mission's programs 09 and 10", &["seed::client_one_second", "seed::client_three_seconds"]),
];

#[test]
fn each_row_has_its_test() {
    rows::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("http"), ROWS);
}
