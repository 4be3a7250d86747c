//! Embeds schemes/*.toml: a list of ids and texts for `catalogue.rs`.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("schemes");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut ids: Vec<String> = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ids.extend(name.strip_suffix(".toml").map(str::to_owned));
    }
    ids.sort();
    let mut code = String::from("const RECIPES: &[(&str, &str)] = &[\n");
    for id in ids {
        let path = folder.join(format!("{id}.toml"));
        println!("cargo:rerun-if-changed={}", path.display());
        code += &format!(
            "    ({id:?}, include_str!({:?})),\n",
            path.display().to_string()
        );
    }
    code += "];\n";
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalogue.rs"), code)?;
    Ok(())
}
