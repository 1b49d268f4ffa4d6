//! Verdicts as bytes: table, JSON, CSV, HTML, XLSX.
