fn main() {
    // Nothing but what is in this program and the library: no C library, no start code.
    for argument in ["-nostartfiles", "-nodefaultlibs", "-nostdlib", "-static"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
