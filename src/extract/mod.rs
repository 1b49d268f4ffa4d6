//! One captured page to one article.
