//! Opens connections and holds them: `connections ADDRESS PATH CONNECTIONS [HEADER…]` sends one request on each, reports
//! when all have received a response (or its first bytes), and exits when its standard input closes.

use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// A single source address does not have enough ports for all connections.
const PER_ADDRESS: usize = 5_000;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

async fn open(place: usize, server: SocketAddr, request: &[u8]) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(2 + place / PER_ADDRESS).expect("there are addresses enough");
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    let mut stream = socket.connect(server).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    while !answer.windows(END_OF_HEAD.len()).any(|window| window == END_OF_HEAD) {
        assert!(stream.read_buf(&mut answer).await? > 0, "the server closed a connection");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    Ok(stream)
}

async fn hold() {
    let (address, path) = (peers::argument(1), peers::argument(2));
    let headers: String = std::env::args().skip(4).map(|header| header + "\r\n").collect();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
    let server = address.parse().expect("an address");
    let mut connections = Vec::new();
    for place in 0..peers::argument(3).parse().expect("a number") {
        connections.push(open(place, server, request.as_bytes()).await.expect("the server takes a connection"));
    }
    println!("{} connections are open", connections.len());
    let _ = std::io::stdin().read(&mut [0]);
}

fn main() {
    peers::run(hold());
}
