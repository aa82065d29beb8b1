//! The tests of the record reader, in one program, which links once.

mod certain;
mod common;
mod conservation;
mod json_oracle;
mod shapes;
