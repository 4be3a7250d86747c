//! `paysig serve` as a child process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::client::{Answer, Outgoing};

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Server {
    /// Starts it. The credentials travel in the environment, where other users cannot see them.
    pub fn start(
        paysig: &str,
        scheme: &str,
        credentials: &[(&str, String)],
        options: &[&str],
    ) -> Result<Server> {
        let mut command = Command::new(paysig);
        command.args(["serve", scheme]).args(options);
        for (name, value) in credentials {
            let variable = format!("DEMO_{}", name.to_uppercase());
            command
                .arg("--credential")
                .arg(format!("{name}=env:{variable}"));
            command.env(variable, value);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let Some(url) = first.strip_prefix("listening on ").map(str::to_owned) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err("the server did not start".into());
        };
        // Its log is read to the end, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Server { child, url })
    }

    /// Sends a message to it.
    pub fn send(&self, message: &Outgoing) -> Result<Answer> {
        message.send(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
