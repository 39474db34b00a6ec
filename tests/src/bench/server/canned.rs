//! A server that sends prepared bytes: what the client reaches with it is the floor.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Answers every request with a body of these bytes.
pub async fn answers(body: Vec<u8>) -> SocketAddr {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer: Arc<[u8]> = [head.into_bytes(), body].concat().into();
    listen(move |mut stream| {
        let answer = answer.clone();
        async move { while read_request(&mut stream).await && stream.write_all(&answer).await.is_ok() {} }
    })
    .await
}

/// Sends every client each of the events that come.
pub async fn broadcasts(events: watch::Receiver<Vec<u8>>) -> SocketAddr {
    listen(move |mut stream| {
        let mut events = events.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(HEAD).await;
            while events.changed().await.is_ok() {
                let event = chunk(&events.borrow_and_update());
                if stream.write_all(&event).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// Sends one event so often, each as a chunk.
pub async fn repeats(event: Vec<u8>, times: usize) -> SocketAddr {
    let event: Arc<[u8]> = chunk(&event).into();
    listen(move |mut stream| {
        let event = event.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(HEAD).await;
            for _ in 0..times {
                if stream.write_all(&event).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:X}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

async fn listen<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn read_request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::with_capacity(1024);
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return false;
        }
    }
    true
}
