# Writes OUT: the texts of FILES under their names, as one array {name, text} of TYPE behind
# `std::span<const TYPE> FUNCTION()` in NAMESPACE, declared in HEADER.
file(WRITE ${OUT}.tmp "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
file(APPEND ${OUT}.tmp "std::span<const ${TYPE}> ${FUNCTION}() {\n")
file(APPEND ${OUT}.tmp "  static constexpr ${TYPE} kFiles[] = {\n")
list(SORT FILES)
foreach(path IN LISTS FILES)
  get_filename_component(name ${path} NAME)
  file(READ ${path} text)
  file(APPEND ${OUT}.tmp "      {\"${name}\", R\"postern_text(${text})postern_text\"},\n")
endforeach()
file(APPEND ${OUT}.tmp "  };\n  return kFiles;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(RENAME ${OUT}.tmp ${OUT})
