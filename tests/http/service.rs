//! The example `http_service` as a process, driven by curl and by this project's own client.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use go::http::{self, Request, ResponseWriter, httptest};
use go::prelude::*;
use go_tests::harness::example;
use serde_json::{Value, json};

/// The service, killed when it goes.
pub(crate) struct Service {
    child: Child,
    url: String,
    log: BufReader<std::process::ChildStderr>,
}

impl Service {
    pub(crate) fn start() -> Service {
        Service::start_with(&[])
    }

    /// Starts it with variables of the environment.
    fn start_with(env: &[(&str, &str)]) -> Service {
        let mut command = Command::new(example("http_service"));
        command.env("ADDR", "127.0.0.1:0").envs(env.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log is ours"));
        let mut line = String::new();
        log.read_line(&mut line).expect("it says where it listens");
        let addr = line.trim_end().rsplit(' ').next().expect("an address").to_owned();
        Service { child, url: format!("http://{addr}"), log }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> std::net::SocketAddr {
        self.url.trim_start_matches("http://").parse().expect("an address")
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(status.expect("kill runs").success());
    }

    /// How it ended, and the rest of its log.
    pub(crate) fn ended(mut self) -> (Option<i32>, Vec<String>) {
        let start = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status.code();
            }
            assert!(start.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        };
        let lines = self.log.by_ref().lines().map_while(Result::ok);
        (code, lines.map(|line| line.split_once(' ').map_or(String::new(), |(_, rest)| rest[9..].to_owned())).collect())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether curl is installed; the project's own client drives the service in any case.
fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").output().is_ok();
    if !found {
        eprintln!("curl is not installed: this test needs it and is passed over");
    }
    found
}

/// What curl prints; the last line is the status.
fn curl(args: &[&str]) -> (String, String) {
    let output = Command::new("curl").args(["-sS", "-m", "60", "-w", "\n%{http_code}"]).args(args).output();
    let output = output.expect("curl, which this test needs, runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let (body, status) = text.rsplit_once('\n').expect("a line with the status");
    (body.to_owned(), status.to_owned())
}

#[test]
fn curl_drives_the_service() {
    if !has_curl() {
        return;
    }
    let service = Service::start();
    let url = |path: &str| format!("{}{path}", service.url);
    assert_eq!(curl(&[&url("/healthz")]), ("ok\n".to_owned(), "200".to_owned()));
    let order = json!({ "urls": [url("/healthz"), url("/none"), "http://127.0.0.1:1/"] }).to_string();
    let (body, status) = curl(&["-d", &order, &url("/checks")]);
    assert_eq!((status.as_str(), body.as_str()), ("202", "{\"id\":1,\"done\":false,\"pages\":[]}\n"));
    let (body, status) = curl(&[&url("/checks/1?wait=1")]);
    let report: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        (status.as_str(), &report["done"], report["pages"].as_array().map(Vec::len)),
        ("200", &json!(true), Some(3))
    );
    assert_eq!((&report["pages"][0]["status"], &report["pages"][1]["status"]), (&json!(200), &json!(404)));
    assert_eq!(
        report["pages"][2]["error"],
        "Get \"http://127.0.0.1:1/\": dial tcp 127.0.0.1:1: connect: connection refused"
    );
    for (args, status) in [
        (vec![url("/checks/7")], "404"),
        (vec!["-d".to_owned(), "{".to_owned(), url("/checks")], "400"),
        (vec!["-X".to_owned(), "PUT".to_owned(), url("/checks")], "405"),
        (vec![url("/debug/goroutines")], "200"),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        assert_eq!(curl(&args).1, status, "{args:?}");
    }
    service.terminate();
    let (code, log) = service.ended();
    assert_eq!((code, log), (Some(0), vec!["ending".to_owned(), "ended".to_owned()]));
}

/// Waits until `count` handlers of the service wait for checks: nobody else there waits with `select`.
async fn until_clients_wait(client: &http::Client, url: &str, count: u64) {
    let start = Instant::now();
    loop {
        let mut page = client.get(&format!("{url}/debug/goroutines?format=json")).await.unwrap();
        let page: Value = page.body.json().await.unwrap();
        if page["reasons"]["select"].as_u64().unwrap_or(0) == count {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{count} clients wait: {page}");
        time::sleep(5 * time::MILLISECOND).await;
    }
}

#[go::test(real_time)]
async fn the_own_client_drives_the_service() {
    let service = Service::start();
    let (client, url) = (http::Client::new(), service.url.clone());
    // A page that is not there before it is allowed to be, so that a check can be waited for.
    let allowed = chan!(());
    let allow = allowed.clone();
    let slow = httptest::Server::start(move |w: ResponseWriter, r: Request| {
        let allowed = allowed.clone();
        async move {
            let done = r.context().done();
            select! {
            case <-allowed: _ = w.write_str("at last")
            case <-done: {}
            }
        }
    });
    let order = json!({ "urls": [slow.url()] }).to_string();
    let mut ids = Vec::new();
    loop {
        let mut response = client.post(&format!("{url}/checks"), "application/json", &*order).await.unwrap();
        if response.status == 503 {
            break;
        }
        assert_eq!(response.status, 202);
        let report: Value = response.body.json().await.unwrap();
        ids.push(report["id"].as_u64().unwrap());
    }
    // Four are worked on and eight wait; or the workers had not begun yet.
    assert!((8..=13).contains(&ids.len()), "{ids:?}");

    // A client that waits and leaves is noticed; one that waits on gets the report, also while the service ends.
    let last = ids.pop().unwrap();
    let waiting = format!("{url}/checks/{last}?wait=1");
    let (ctx, cancel) = context::with_cancel(&context::background());
    let left: Chan<String> = chan!(String, 1);
    let (leaver, leave) = (client.clone(), left.clone());
    let request = http::new_request_with_context(&ctx, "GET", &waiting, None).unwrap();
    go!(move leaver, request, leave {
        let error = leaver.do_request(request).await.unwrap_err();
        chan!(leave <- error.to_string());
    });
    until_clients_wait(&client, &url, 1).await;
    cancel();
    assert_eq!(left.recv().await.unwrap(), format!("Get \"{waiting}\": context canceled"));
    until_clients_wait(&client, &url, 0).await;
    let answered: Chan<Value> = chan!(Value, 1);
    let answer = answered.clone();
    let waiter = client.clone();
    go!(move waiter, waiting, answer {
        let mut response = waiter.get(&waiting).await.unwrap();
        let report = response.body.json().await.unwrap();
        chan!(answer <- report);
    });
    until_clients_wait(&client, &url, 1).await;
    service.terminate();
    allow.close();
    let report = answered.recv().await.unwrap();
    assert_eq!((&report["done"], &report["pages"][0]["status"]), (&json!(true), &json!(200)));
    let (code, log) = service.ended();
    let left = format!("the client that waited for check {last} has left: context canceled");
    assert_eq!((code, log), (Some(0), vec![left, "ending".to_owned(), "ended".to_owned()]));
    slow.close().await;
}

// The environment names a proxy, and hosts that are reached without one.
#[go::test(real_time)]
async fn the_environment_names_a_proxy() {
    let proxy = httptest::Server::start(|w: ResponseWriter, r: Request| {
        w.write_header(if r.url.host() == Some("far.away.invalid") { 218 } else { 500 });
    });
    let service = Service::start_with(&[("HTTP_PROXY", &proxy.url()), ("NO_PROXY", "near.invalid")]);
    let (client, url) = (http::Client::new(), service.url.clone());
    let here = format!("{url}/healthz");
    let order = json!({ "urls": ["http://far.away.invalid/x", "http://near.invalid/", here] }).to_string();
    let response = client.post(&format!("{url}/checks"), "application/json", order).await.unwrap();
    assert_eq!(response.status, 202);
    let mut response = client.get(&format!("{url}/checks/1?wait=1")).await.unwrap();
    let report: Value = response.body.json().await.unwrap();
    assert_eq!(report["pages"][0]["status"], 218, "through the proxy: {report}");
    let error = report["pages"][1]["error"].as_str().expect("an error");
    assert!(error.starts_with("Get \"http://near.invalid/\": dial tcp: lookup near.invalid: "), "{error}");
    assert_eq!(report["pages"][2]["status"], 200, "this machine is asked directly");
    service.terminate();
    assert_eq!(service.ended().0, Some(0));
    proxy.close().await;
}
