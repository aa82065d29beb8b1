//! What DataFusion asks of a scalar function, once for all functions of this crate.

use std::fmt;
use std::hash::{Hash, Hasher};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature};

/// A function is its name, its types, its documentation and what it does to a batch.
pub(crate) struct CodeFunction {
    pub name: &'static str,
    pub signature: Signature,
    pub return_type: DataType,
    /// Whether it depends on nothing but which code of the catalogue its one argument is, if any.
    pub is_of_code: bool,
    /// Whether `evaluate` can read an argument of a type.
    pub accepts: fn(&DataType) -> bool,
    pub documentation: Documentation,
    /// Gets arrays of equal length and returns an array of that length.
    pub evaluate: fn(&[ArrayRef]) -> Result<ArrayRef>,
}

impl ScalarUDFImpl for CodeFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.iter().find(|argument| !(self.accepts)(argument)) {
            Some(other) => {
                plan_err!("{} takes text or bytes, not {other}", self.documentation.syntax_example)
            }
            None => Ok(self.return_type.clone()),
        }
    }

    // A null argument gives null, which lets the optimiser drop rows before a join.
    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let only_scalars = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let result = (self.evaluate)(&ColumnarValue::values_to_arrays(&args.args)?)?;
        if only_scalars {
            ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar)
        } else {
            Ok(ColumnarValue::Array(result))
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

// The optimiser compares functions: within this crate the name tells them apart.
impl PartialEq for CodeFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CodeFunction {}

impl Hash for CodeFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for CodeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeFunction").field("name", &self.name).finish_non_exhaustive()
    }
}
