//! Ten thousand connections that wait: what each costs in memory, that they cost no time, and that a request among them
//! is answered as if they were not there.
//!
//! The server is the example `http_service` in a process of its own, so that its figures are its own.

#![cfg(target_os = "linux")]

use std::time::Instant;

use go::prelude::*;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::service::Service;
use crate::slow::spread;
use crate::wire::{Wire, get};

/// How many connections wait.
const CROWD: usize = 10_000;
/// How many files a process needs beside them.
const OTHERS: usize = 500;
/// How many connections are made at a time.
const AT_ONCE: usize = 16;

/// Allows this process, and those that it starts, as many files as are needed, or as the machine allows; for how many
/// connections that is enough.
fn allow_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = (CROWD + OTHERS) as u64;
    if limit.current.is_some_and(|current| current < wanted) {
        let current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum }).expect("a limit below the maximum");
    }
    let allowed = getrlimit(Resource::Nofile).current.map_or(CROWD, |current| current as usize - OTHERS);
    allowed.min(CROWD)
}

/// A number behind a name in one of a process's files in `/proc`.
fn number(process: u32, file: &str, name: &str) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{process}/{file}")).expect("the process lives");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the line is there");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}

/// The processor time that a process has used, in hundredths of a second.
fn ticks(process: u32) -> usize {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process lives");
    // The name in brackets may have spaces; user and system time are the 14th and 15th field.
    let fields = text.rsplit_once(") ").expect("a name").1.split(' ').collect::<Vec<_>>();
    [11, 12].iter().map(|at| fields[*at].parse::<usize>().expect("a number")).sum()
}

/// How many goroutines the service has.
async fn goroutines(addr: std::net::SocketAddr) -> usize {
    let request = "GET /debug/goroutines?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let page = Wire::connect(addr).await.ask(request).await.body;
    serde_json::from_str::<serde_json::Value>(&page).expect("JSON")["total"].as_u64().expect("a number") as usize
}

#[go::test(real_time)]
async fn ten_thousand_connections_wait() {
    let crowd = allow_files();
    if crowd < CROWD {
        eprintln!("this machine allows a process {crowd} connections only");
    }
    let service = Service::start();
    let (process, addr) = (service.id(), service.addr());
    let before = (number(process, "status", "VmRSS:"), goroutines(addr).await);

    // Each asks once and then keeps still.
    let start = Instant::now();
    let makers: Vec<_> = (0..AT_ONCE)
        .map(|maker| {
            tokio::spawn(async move {
                let mut wires = Vec::new();
                for _ in (maker..crowd).step_by(AT_ONCE) {
                    let mut wire = Wire::connect(addr).await;
                    assert_eq!(wire.ask(&get("/healthz")).await.body, "ok\n");
                    wires.push(wire);
                }
                wires
            })
        })
        .collect();
    let mut wires = Vec::new();
    for maker in makers {
        wires.extend(maker.await.expect("each is answered"));
    }
    let made = start.elapsed();
    let there = (number(process, "status", "VmRSS:"), goroutines(addr).await);
    assert!(there.1 >= before.1 + crowd, "{} goroutines", there.1);
    let bytes = (there.0 - before.0) * 1024 / crowd;

    let used = ticks(process);
    time::sleep(2 * time::SECOND).await;
    let used = (ticks(process) - used) * 10;

    // One more, and one of them.
    let mut waits = Vec::new();
    for at in (0..crowd).step_by(crowd / 200) {
        let start = time::now();
        assert_eq!(wires[at].ask(&get("/healthz")).await.body, "ok\n");
        waits.push(time::since(start));
        let start = time::now();
        assert_eq!(Wire::connect(addr).await.ask(&get("/healthz")).await.body, "ok\n");
        waits.push(time::since(start));
    }
    let (_, wait, longest) = spread(waits);

    // They leave with a reset, so that their ports are free at once.
    let start = Instant::now();
    wires.into_iter().for_each(Wire::reset);
    while goroutines(addr).await > before.1 + 10 {
        assert!(start.elapsed() < std::time::Duration::from_secs(30), "goroutines are left");
        time::sleep(10 * time::MILLISECOND).await;
    }
    eprintln!(
        "crowd: {crowd} connections in {made:?}, {bytes} bytes of the server's memory each; {used} ms of processor time \
         in 2 s; an answer among them after {wait:?} (median), {longest:?} at most; gone in {:?}",
        start.elapsed()
    );
    assert!(bytes < 32 * 1024, "{bytes} bytes a connection");
    assert!(used <= 100, "{used} ms of processor time for nothing");
    assert!(wait < 100 * time::MILLISECOND, "{wait:?}");
    service.terminate();
    assert_eq!(service.ended().0, Some(0));
}
