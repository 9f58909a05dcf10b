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
