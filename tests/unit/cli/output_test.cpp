#include "cli/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace postern::cli {
namespace {

TEST(Output, ControlCharactersCannotReachATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\n\t\x7f"), "a?[2Jb????");
  EXPECT_EQ(printable("C1: \xC2\x9B"), "C1: ?") << "CSI as one character";
  EXPECT_EQ(printable("Zoë 日本"), "Zoë 日本");
}

TEST(Output, ColumnsAreAlignedByCharactersNotBytes) {
  Table table({"NAME", "ROLE"});
  table.add({"Zoë", "member"});
  table.add({"alice", ""});
  EXPECT_EQ(table.text(), "NAME   ROLE\nZoë    member\nalice\n");
}

TEST(Output, ANameWithALineBreakCannotForgeARow) {
  Table table({"NAME", "ROLE"});
  table.add({"eve\nroot  admin", "member"});
  EXPECT_EQ(table.text(), "NAME             ROLE\neve?root  admin  member\n");
}

/// Lets standard output be something else for a while.
class OtherStdout {
 public:
  explicit OtherStdout(int descriptor) : saved_(dup(STDOUT_FILENO)) {
    dup2(descriptor, STDOUT_FILENO);
    close(descriptor);
  }
  ~OtherStdout() {
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }

 private:
  int saved_;
};

TEST(Output, AFullDiskIsReported) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  const OtherStdout other(full);
  try {
    print("lost");
    FAIL() << "nothing was written";
  } catch (const OutputError& error) {
    EXPECT_FALSE(error.broken_pipe());
  }
}

TEST(Output, ABrokenPipeIsTold) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const OtherStdout other(ends[1]);
  try {
    print("lost");
    FAIL() << "nobody reads";
  } catch (const OutputError& error) {
    EXPECT_TRUE(error.broken_pipe());
  }
}

}  // namespace
}  // namespace postern::cli
