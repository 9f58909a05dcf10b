//! The mission's two programs, server and client, as two processes over real sockets: what they print and how they end
//! is what Go's print, in every timing that was recorded.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use go_tests::harness::{Child, End, Outcome, example};

/// Longer than anything here takes, on a busy machine too.
const LONG: Duration = Duration::from_secs(60);
/// The words of a client whose context is over.
const TOO_LATE: &str = "Get \"http://localhost:8080\": context deadline exceeded";

/// The port of both programs, which one test has at a time: no other one of this process, nor of another.
struct Port {
    _here: MutexGuard<'static, ()>,
    _elsewhere: File,
}

impl Port {
    fn take() -> Port {
        static HERE: Mutex<()> = Mutex::new(());
        let here = HERE.lock().unwrap_or_else(PoisonError::into_inner);
        let elsewhere = File::create(std::env::temp_dir().join("go-tests-port-8080.lock")).expect("a file for a lock");
        elsewhere.lock().expect("a lock");
        let start = Instant::now();
        while let Err(error) = TcpListener::bind("[::]:8080").or_else(|_| TcpListener::bind("0.0.0.0:8080")) {
            assert!(start.elapsed() < LONG, "somebody has port 8080, which the seed's programs need: {error}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Port { _here: here, _elsewhere: elsewhere }
    }
}

/// The server as a process, killed when it goes.
struct Server {
    child: std::process::Child,
    lines: Receiver<String>,
}

impl Server {
    fn start() -> Server {
        let mut command = Command::new(example("seed_09_http_server"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let stdout = BufReader::new(child.stdout.take().expect("its output is ours"));
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let start = Instant::now();
        while std::net::TcpStream::connect("127.0.0.1:8080").is_err() {
            assert!(start.elapsed() < LONG, "the server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Server { child, lines }
    }

    /// The next `count` lines that it prints.
    fn lines(&self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.lines.recv_timeout(LONG).expect("the server prints more")).collect()
    }

    /// Asks it to end; what it has printed beyond what was looked at, and how it ended.
    fn terminate(mut self) -> (Vec<String>, std::process::ExitStatus) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").arg("-TERM").arg(pid).status().expect("kill runs");
        assert!(status.success());
        let ended = self.child.wait().expect("it can be waited for");
        (self.lines.iter().collect(), ended)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a client; the text behind the date and time of its one line.
fn client(name: &str) -> (Outcome, String) {
    let outcome = Child::new(example(name)).run();
    assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(1), ""), "{outcome:?}");
    let (stamp, text) = outcome.stderr.split_at_checked("2009/11/10 23:00:00 ".len()).expect("a line of the log");
    let shape: String = stamp.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000/00/00 00:00:00 ");
    let text = text.to_owned();
    (outcome, text)
}

/// The server and one client that takes about `seconds`: what the client says, what the server prints.
fn meet(name: &str, seconds: u64, says: &str, prints: [&str; 4]) {
    let port = Port::take();
    let server = Server::start();
    let (outcome, text) = client(name);
    assert_eq!(text, format!("{says}\n"));
    let least = Duration::from_secs(seconds);
    assert!((least..least + Duration::from_secs(20)).contains(&outcome.elapsed), "{outcome:?}");
    assert_eq!(server.lines(4), prints);
    let (rest, ended) = server.terminate();
    assert!(rest.is_empty(), "{rest:?}");
    #[cfg(unix)]
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(15), "143 in a shell");
    drop(port);
}

const CANCELED: [&str; 4] = ["handler start", "context canceled", "handler end", ""];
const FINISHED: [&str; 4] = ["handler start", "finish doing something", "handler end", ""];

#[test]
fn client_one_second() {
    meet("seed_10b_http_client_1s", 1, TOO_LATE, CANCELED);
}

#[test]
fn client_three_seconds() {
    meet("seed_10c_http_client_3s", 2, "hello world!", FINISHED);
}

// The recording 10e: 20 runs of two seconds against two seconds. The client's clock starts before the server's, so that
// it is too late each time, however long its process waits for a processor: its deadline comes before whatever has come
// since. What the server sees first, its timer or the client's leaving, varies; each handler comes to its end.
#[test]
fn client_two_seconds() {
    let _port = Port::take();
    let server = Server::start();
    let outcomes = Child::new(example("seed_10_http_client")).run_many(20, 20);
    for outcome in &outcomes {
        assert_eq!((outcome.end, outcome.stdout.as_str()), (End::Code(1), ""), "{outcome:?}");
        assert_eq!(outcome.stderr["2009/11/10 23:00:00 ".len()..], format!("{TOO_LATE}\n"));
        let seconds = Duration::from_secs(2);
        assert!((seconds..seconds + Duration::from_secs(20)).contains(&outcome.elapsed), "{outcome:?}");
    }
    let lines = server.lines(80);
    // Twenty handlers side by side, each of which goes from stage to stage.
    let mut reached = [0; 4];
    for line in &lines {
        let stage = match line.as_str() {
            "handler start" => 0,
            "context canceled" | "finish doing something" => 1,
            "handler end" => 2,
            "" => 3,
            other => panic!("{other:?}"),
        };
        reached[stage] += 1;
        assert!(stage == 0 || reached[stage] <= reached[stage - 1], "{lines:?}");
    }
    assert_eq!(reached, [20; 4]);
    assert!(server.terminate().0.is_empty());
}

// The recording 10f: three clients of a second and three of three seconds at once.
#[test]
fn six_clients_at_once() {
    let _port = Port::take();
    let server = Server::start();
    let clients: Vec<_> = (0..6)
        .map(|i| {
            std::thread::spawn(move || {
                if i < 3 {
                    assert_eq!(client("seed_10b_http_client_1s").1, format!("{TOO_LATE}\n"));
                } else {
                    assert_eq!(client("seed_10c_http_client_3s").1, "hello world!\n");
                }
            })
        })
        .collect();
    for client in clients {
        client.join().expect("each client does what it does");
    }
    let lines = server.lines(24);
    let count = |what: &str| lines.iter().filter(|line| *line == what).count();
    assert_eq!((count("handler start"), count("handler end"), count("")), (6, 6, 6));
    assert_eq!((count("context canceled"), count("finish doing something")), (3, 3));
    assert!(server.terminate().0.is_empty());
}

// The recording 10d: nobody listens.
#[test]
fn no_server() {
    let _port = Port::take();
    let (_, text) = client("seed_10_http_client");
    let refused =
        |addr: &str| format!("Get \"http://localhost:8080\": dial tcp {addr}:8080: connect: connection refused\n");
    // Which of its addresses `localhost` names first is the machine's business.
    assert!(text == refused("127.0.0.1") || text == refused("[::1]"), "{text}");
}

// The recording 09b: the port is taken.
#[test]
fn port_taken() {
    let _port = Port::take();
    let _server = Server::start();
    let (_, text) = client("seed_09_http_server");
    assert_eq!(text, "listen tcp :8080: bind: address already in use\n");
}
