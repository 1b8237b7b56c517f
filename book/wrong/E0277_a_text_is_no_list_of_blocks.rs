// A body is made of a list of blocks, and a block of bytes. E0277: the trait bound is not satisfied,
// a text is neither. In Python the same mistake runs: a text can be gone through letter by letter,
// and every letter becomes a block.
// This is the heart of step 4's `Body`; the solution is `[page.into_bytes()].into()`.
use std::borrow::Cow;

pub struct Body(Vec<Cow<'static, [u8]>>);

impl<B: Into<Cow<'static, [u8]>>, const N: usize> From<[B; N]> for Body {
    fn from(blocks: [B; N]) -> Self {
        Body(blocks.into_iter().map(Into::into).collect())
    }
}

pub fn application() -> Body {
    let page = String::from("<h1>Hello!</h1>");
    page.into()
}
