//! Programs on a tokio runtime of their own.

use go::prelude::*;

/// Adds up what a hundred goroutines send, then one of them panics.
async fn work() {
    let ch = chan!(u32);
    for n in 0..100 {
        go! { ch <- n; }
    }
    let mut sum = 0;
    for _ in 0..100 {
        sum += chan!(<-ch);
    }
    println!("{sum}");
    go! {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        panic!("boom");
    }
    chan!(<-ch);
}

/// tokio's usual runtime.
pub(crate) mod threads {
    #[tokio::main]
    pub(crate) async fn main() {
        super::work().await;
    }
}

/// A runtime without threads.
pub(crate) mod one_thread {
    #[tokio::main(flavor = "current_thread")]
    pub(crate) async fn main() {
        super::work().await;
    }
}

/// Everything waits for ever: no report on a runtime of the user's own.
pub(crate) mod stuck {
    use go::prelude::*;

    #[tokio::main]
    pub(crate) async fn main() {
        let ch = chan!(i32);
        go! { <-ch; }
        chan!(<-ch);
    }
}

/// A panic ends its goroutine only, if the program says so.
pub(crate) mod attached {
    use go::prelude::*;
    use go::runtime::{Builder, PanicRule};

    #[tokio::main]
    pub(crate) async fn main() {
        Builder::new().on_panic(PanicRule::EndGoroutine).attach().expect("nothing runs yet");
        let done = chan!(i32);
        go! {
            defer!(done.close());
            panic!("boom");
        }
        done.recv().await;
        println!("the others go on");
        println!("{:?}", Builder::new().attach());
        println!("{:?}", Builder::new().deadlock_report(true).attach());
    }
}

/// A server: a goroutine for each connection, of which one panics.
pub(crate) mod server {
    use go::prelude::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    async fn handle(mut connection: TcpStream) {
        let n = connection.read_u8().await.expect("the client writes");
        assert!(n < 3, "a client sent {n}");
        connection.write_u8(n + 1).await.expect("the client reads");
    }

    #[tokio::main]
    pub(crate) async fn main() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.expect("a connection");
                go!(handle(move connection));
            }
        });
        for n in 0..4 {
            let mut connection = TcpStream::connect(address).await.expect("it listens");
            connection.write_u8(n).await.expect("it reads");
            match connection.read_u8().await {
                Ok(answer) => println!("{answer}"),
                // The panic closes the connection on its way out, before it ends the process.
                Err(_) => std::future::pending().await,
            }
        }
    }
}

/// A server of axum's whose handlers start goroutines; the second argument says whether a panic ends its goroutine only.
pub(crate) mod axum_server {
    use axum::Router;
    use axum::extract::Path;
    use axum::routing::get;
    use go::prelude::*;
    use go::runtime::{Builder, PanicRule};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    /// Adds up what goroutines send.
    async fn sum(Path(n): Path<u32>) -> String {
        let ch = chan!(u32);
        for i in 0..n {
            go! { ch <- i; }
        }
        let mut sum = 0;
        for _ in 0..n {
            sum += chan!(<-ch);
        }
        sum.to_string()
    }

    /// Waits for what never comes, as a goroutine of its own does.
    async fn stuck() -> String {
        let ch = chan!(i32);
        go! { <-ch; }
        chan!(<-ch).to_string()
    }

    /// Starts a goroutine that panics.
    async fn broken() -> &'static str {
        let done = chan!(());
        go! {
            defer!(done.close());
            panic!("a handler's goroutine");
        }
        done.recv().await;
        // Longer than it takes to end the process, if that is what the panic does.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        "the goroutine is over"
    }

    /// The body of the answer to a request.
    async fn request(address: std::net::SocketAddr, path: &str) -> String {
        let mut connection = TcpStream::connect(address).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("it answers");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }

    #[tokio::main]
    pub(crate) async fn main() {
        if std::env::args().nth(2).is_some_and(|rule| rule == "end_goroutine") {
            Builder::new().on_panic(PanicRule::EndGoroutine).attach().expect("nothing runs yet");
        }
        let app = Router::new().route("/sum/{n}", get(sum)).route("/stuck", get(stuck)).route("/broken", get(broken));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, app).await });
        println!("{}", request(address, "/sum/100").await);
        let answer = tokio::time::timeout(std::time::Duration::from_millis(500), request(address, "/stuck")).await;
        println!("no report of what is stuck: {}", answer.is_err());
        // Under Go's rule the process ends meanwhile.
        println!("{}", request(address, "/broken").await);
        println!("{}", request(address, "/sum/10").await);
    }
}
