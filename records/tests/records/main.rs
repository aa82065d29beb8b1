//! The tests of the record reader, in one program, which links once.

mod common;
mod conservation;
mod json_oracle;
mod shapes;
