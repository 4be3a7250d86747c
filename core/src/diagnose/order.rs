//! Other orders of a few things.

/// Calls back with orders of `0..count` but the given one: all of them up to `all` things, else reversed, swaps and moves of one.
/// Not `wide`: only neighbours are swapped where there are many.
pub(super) fn orders(count: usize, all: usize, wide: bool, see: &mut dyn FnMut(&[usize])) {
    if count < 2 {
        return;
    }
    let given: Vec<usize> = (0..count).collect();
    if count <= all {
        let mut order = given.clone();
        permute(&mut order, 0, &given, see);
        return;
    }
    let reversed: Vec<usize> = (0..count).rev().collect();
    see(&reversed);
    // Beyond this, only neighbours.
    let reach = if wide && count <= 24 { count } else { 1 };
    for a in 0..count {
        for b in a + 1..count.min(a + 1 + reach) {
            let mut order = given.clone();
            order.swap(a, b);
            see(&order);
        }
    }
    if reach == 1 {
        return;
    }
    for from in 0..count {
        for to in 0..count {
            if from.abs_diff(to) > 1 {
                let mut order = given.clone();
                let one = order.remove(from);
                order.insert(to, one);
                see(&order);
            }
        }
    }
}

fn permute(order: &mut Vec<usize>, from: usize, given: &[usize], see: &mut dyn FnMut(&[usize])) {
    if from == order.len() {
        if order != given {
            see(order);
        }
        return;
    }
    for i in from..order.len() {
        order.swap(from, i);
        permute(order, from + 1, given, see);
        order.swap(from, i);
    }
}
