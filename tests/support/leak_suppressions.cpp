// Read by LeakSanitizer, where a build has it. libpqxx 6.4 drops the result that libpq hands it
// when a connection turns out to be lost: about 2 KiB each time, and out of our reach.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name is the sanitizer's
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult\n";
}
