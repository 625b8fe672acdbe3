//! A TCP proxy between Rollcall and its database that simulates network failures.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::sleep,
};

/// The condition of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Passes,
    /// Each packet is delayed.
    Delays(Duration),
    /// Packets are dropped without an error. Connections of that time never recover.
    Swallows,
}

/// The way a connection is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// With a FIN.
    Close,
    /// With an RST.
    Reset,
}

/// A proxy that ends with the test.
pub struct Proxy {
    pub address: SocketAddr,
    network: watch::Sender<Network>,
    cut: watch::Sender<Cut>,
    accepting: AbortHandle,
}

impl Proxy {
    /// A proxy for a port on this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (network, cut) = (watch::Sender::new(Network::Passes), watch::Sender::new(Cut::Close));
        let (networks, cuts) = (network.clone(), cut.clone());
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                connections.spawn(carry(near, port, networks.subscribe(), cuts.subscribe()));
            }
        });
        Self { address, network, cut, accepting: accepting.abort_handle() }
    }

    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }

    /// Ends every open connection at once, even in the middle of a message.
    pub fn cut(&self, how: Cut) {
        self.cut.send_replace(how);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(mut near: TcpStream, port: u16, network: watch::Receiver<Network>, mut cut: watch::Receiver<Cut>) {
    let mut cut_later = cut.clone();
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    {
        let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.split(), far.split());
        tokio::select! {
            () = pour(&mut near_in, &mut far_out, network.clone()) => {}
            () = pour(&mut far_in, &mut near_out, network.clone()) => {}
            Ok(()) = cut.changed() => {}
            () = swallowed(network) => {
                let _ = cut_later.changed().await;
            }
        }
    }
    if *cut.borrow() == Cut::Reset {
        let _ = (near.set_zero_linger(), far.set_zero_linger());
    }
}

async fn swallowed(mut network: watch::Receiver<Network>) {
    let _ = network.wait_for(|network| *network == Network::Swallows).await;
}

async fn pour(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, network: watch::Receiver<Network>) {
    let mut packet = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut packet).await {
        let now = *network.borrow();
        if let Network::Delays(by) = now {
            sleep(by).await;
        }
        if to.write_all(&packet[..length]).await.is_err() {
            return;
        }
    }
}
