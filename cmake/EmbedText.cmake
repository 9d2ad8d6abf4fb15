# Writes OUT: the text of FILE as the body of one function, `std::string_view FUNCTION()` in
# NAMESPACE, declared in HEADER.
file(READ ${FILE} text)
file(WRITE ${OUT}.tmp "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
file(APPEND ${OUT}.tmp "std::string_view ${FUNCTION}() {\n")
file(APPEND ${OUT}.tmp "  return R\"postern_text(${text})postern_text\";\n}\n\n")
file(APPEND ${OUT}.tmp "}  // namespace ${NAMESPACE}\n")
file(RENAME ${OUT}.tmp ${OUT})
