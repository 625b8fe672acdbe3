/// Up to where the page knows what changed: the stream of changes goes on from there.
#[derive(Debug, Clone)]
pub struct Position(pub String);
