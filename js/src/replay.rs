//! The core's replay guard over its store in memory.

use crate::answer::Answer;
use crate::objects::{Object, Objects};
use crate::question::{GuardQuestion, HandleQuestion, LeaseQuestion};
use crate::sign::with_handle;
use paysig::Result;
use paysig::replay::{Begin, Guard, Lease, MemoryStore};
use paysig::time::UnixMillis;
use serde_json::json;

/// Makes a guard.
pub fn guard(objects: &mut Objects, q: &GuardQuestion) -> Answer {
    let store = MemoryStore::new(q.capacity as usize);
    let guard = Guard::new(store, q.retention_seconds.into()).lease_seconds(q.lease_seconds.into());
    with_handle(json!({}), objects.keep(Object::Guard(Box::new(guard))))
}

/// Before the handler.
pub fn begin(objects: &Objects, q: &HandleQuestion) -> Result<Answer> {
    let begun = objects.guard(q.handle)?.begin(&q.key, UnixMillis(q.now))?;
    Ok(Answer::new(match begun {
        Begin::Fresh(lease) => json!({ "state": "fresh", "id": lease.id }),
        Begin::InProgress { until } => json!({ "state": "in_progress", "until": until.0 }),
        Begin::Done => json!({ "state": "done" }),
    }))
}

fn lease(q: &LeaseQuestion) -> Lease {
    Lease {
        key: q.key.clone(),
        id: q.id.into(),
    }
}

/// After the handler succeeded.
pub fn commit(objects: &Objects, q: &LeaseQuestion) -> Result<Answer> {
    objects
        .guard(q.handle)?
        .commit(&lease(q), UnixMillis(q.now))?;
    Ok(Answer::done())
}

/// After the handler failed.
pub fn release(objects: &Objects, q: &LeaseQuestion) -> Result<Answer> {
    objects.guard(q.handle)?.release(&lease(q))?;
    Ok(Answer::done())
}
