//! From nothing to the first signature: reading the recipe, making the signer, signing. Only the first time counts, so each scheme is
//! measured in a process of its own.

use crate::cases::{self, Case};
use std::process::Command;
use std::time::Instant;

const RUNS: usize = 31;

/// Microseconds of reading the recipe, of making the signer and of the first signature, one a line.
pub fn once(name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let case: Case = cases::all()
        .into_iter()
        .find(|c| c.name == name)
        .ok_or("there is no such case")?;
    let start = Instant::now();
    let scheme = case.scheme()?;
    let read = start.elapsed();
    let signer = case.signer(&scheme)?;
    let made = start.elapsed();
    case.sign_first(&signer)?;
    let signed = start.elapsed();
    for step in [read, made - read, signed - made] {
        println!("{}", step.as_secs_f64() * 1e6);
    }
    Ok(())
}

/// Medians over many processes.
pub fn table() -> Result<(), Box<dyn std::error::Error>> {
    println!(
        "| from nothing | recipe, us | signer, us | first signature, us | whole process, ms |"
    );
    println!("|---|--:|--:|--:|--:|");
    let program = std::env::current_exe()?;
    for case in cases::all() {
        let mut columns = vec![Vec::new(); 4];
        for _ in 0..RUNS {
            let start = Instant::now();
            let output = Command::new(&program).args(["first", case.name]).output()?;
            columns[3].push(start.elapsed().as_secs_f64() * 1e3);
            let text = String::from_utf8(output.stdout)?;
            for (column, line) in columns.iter_mut().zip(text.lines()) {
                column.push(line.parse()?);
            }
        }
        let median = |column: &mut Vec<f64>| {
            column.sort_by(f64::total_cmp);
            column.get(column.len() / 2).copied().unwrap_or_default()
        };
        let m: Vec<f64> = columns.iter_mut().map(median).collect();
        println!(
            "| {} | {:.0} | {:.0} | {:.0} | {:.1} |",
            case.name, m[0], m[1], m[2], m[3]
        );
    }
    Ok(())
}
