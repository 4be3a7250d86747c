//! Replay protection around a service: begin, call, then commit or release.

use super::verify::{VerifyLayer, answer};
use crate::replay::{Begin, Guard, Lease, Store};
use crate::{Error, Result, Status};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// One step of a guard, to be run once.
pub type Job = Box<dyn FnOnce() + Send>;
pub(super) type Runner = Arc<dyn Fn(Job) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

type SharedGuard = Guard<Arc<dyn Store>>;

/// A guard, and what runs its steps; without one they run in place.
#[derive(Clone)]
pub(super) struct Once {
    guard: SharedGuard,
    run: Option<Runner>,
}

/// Gives the lease back if nobody does who waited for the service: it panicked, or the sender hung up, maybe while the store was still
/// being asked.
struct Held {
    guard: SharedGuard,
    blocks: bool,
    lease: Option<Lease>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else {
            return;
        };
        let guard = self.guard.clone();
        // What the store does not take back runs out.
        let release = move || drop(guard.release(&lease));
        if self.blocks {
            // Whoever drops a future has others to run, and a runner's futures need somebody who waits.
            drop(std::thread::Builder::new().spawn(release));
        } else {
            release();
        }
    }
}

impl Once {
    pub(super) fn new<S: Store + 'static>(guard: Guard<S>, run: Option<Runner>) -> Once {
        Once {
            guard: guard.shared(),
            run,
        }
    }

    /// Calls the service unless the message was handled before or is being handled.
    pub(super) async fn call<R, E, F>(
        &self,
        layer: &VerifyLayer,
        key: String,
        service: impl FnOnce() -> F,
    ) -> std::result::Result<Response<R>, E>
    where
        R: From<Bytes>,
        F: Future<Output = std::result::Result<Response<R>, E>>,
    {
        let (now, blocks) = (layer.now(), self.run.is_some());
        let begin = move |guard: &SharedGuard| {
            Ok(match guard.begin(&key, now)? {
                Begin::Fresh(lease) => Ok(Held {
                    guard: guard.clone(),
                    blocks,
                    lease: Some(lease),
                }),
                other => Err(other),
            })
        };
        let mut held = match self.step(begin).await {
            Ok(Ok(held)) => held,
            Ok(Err(Begin::Done)) => {
                let why = "the message was handled before";
                return Ok(layer.refuse(&Error::new(Status::Replayed, why)));
            }
            Ok(Err(_)) => {
                let mut busy = answer(StatusCode::SERVICE_UNAVAILABLE);
                let second = HeaderValue::from_static("1");
                busy.headers_mut().insert(header::RETRY_AFTER, second);
                return Ok(busy);
            }
            Err(error) => return Ok(layer.refuse(&error)),
        };
        let answered = service().await;
        let handled = matches!(&answered, Ok(response) if response.status().is_success());
        if let Some(lease) = held.lease.take() {
            let now = layer.now();
            let noted = self.step(move |guard| match handled {
                true => guard.commit(&lease, now),
                false => guard.release(&lease),
            });
            if let Err(error) = noted.await {
                layer.hear(&error);
            }
        }
        answered
    }

    async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&SharedGuard) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(run) = &self.run else {
            return step(&self.guard);
        };
        let place = Arc::new(Mutex::new(None));
        let (guard, filled) = (self.guard.clone(), place.clone());
        run(Box::new(move || {
            let answer = step(&guard);
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        }))
        .await;
        let answer = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.unwrap_or_else(|| {
            let why = "a step of the replay guard was not run";
            Err(Error::new(Status::StoreUnavailable, why))
        })
    }
}
