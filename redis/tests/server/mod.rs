//! A redis-server that a test starts and stops.
#![allow(dead_code, missing_docs)]

use paysig::replay::Guard;
use paysig_redis::RedisStore;
use redis::{Client, Connection, RedisResult, cmd};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Below those that the system gives to connections: one that looks for a server which does not run yet could get its port, and
/// would then talk to itself.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A server of our own on a free port, which writes everything to disk.
pub struct Server {
    /// On the loopback interface.
    pub port: u16,
    directory: PathBuf,
    process: Child,
}

impl Server {
    pub fn new(name: &str) -> Server {
        let port = free_port();
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        let process = Server::run(port, &directory);
        let server = Server {
            port,
            directory,
            process,
        };
        server.connection();
        server
    }

    fn run(port: u16, directory: &PathBuf) -> Child {
        Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"])
            .args(["--appendfsync", "always", "--port", &port.to_string()])
            .arg("--dir")
            .arg(directory)
            .stdout(Stdio::null())
            .spawn()
            .expect("these tests need redis-server")
    }

    pub fn restart(&mut self) {
        self.process = Server::run(self.port, &self.directory);
        self.connection();
    }

    /// Ends the server as a power cut does.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn client(&self) -> Client {
        Client::open(format!("redis://127.0.0.1:{}/", self.port)).unwrap()
    }

    /// Once the server answers.
    pub fn connection(&self) -> Connection {
        let start = Instant::now();
        loop {
            let answered = self
                .client()
                .get_connection_with_timeout(Duration::from_secs(5))
                .and_then(|mut connection| {
                    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
                    cmd("PING").exec(&mut connection)?;
                    Ok(connection)
                });
            match answered {
                Ok(connection) => return connection,
                Err(error) if start.elapsed() > Duration::from_secs(30) => panic!("{error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    pub fn command(&self, words: &[&str]) -> RedisResult<()> {
        let mut command = cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(*word);
        });
        command.exec(&mut self.connection())
    }

    pub fn guard(&self) -> Guard<RedisStore> {
        Guard::new(RedisStore::new(self.client()), 604_800)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
