#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "cli/exit_code.hpp"
#include "cli/password_input.hpp"

namespace postern::cli {
namespace {

constexpr int kRight = 0, kWrong = 77;

/// A child process whose terminal we hold the other end of; it asks for a password and tells by its
/// exit status what came of it.
class Typist {
 public:
  explicit Typist(std::string_view expected) {
    pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    domain::SodiumRandom random;
    try {
      const auto password = read_password(PasswordSource::Terminal, random, 24);
      _exit(password.equals(expected) ? kRight : kWrong);
    } catch (const CommandError& error) {
      _exit(error.code());
    }
  }
  ~Typist() { close(terminal_); }

  /// Reads up to the prompt, and then types.
  void answer(const std::string& prompt, const std::string& typed) {
    while (seen_.find(prompt) == std::string::npos && read_some()) continue;
    seen_.clear();
    ASSERT_EQ(write(terminal_, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
  }
  int status() {
    while (read_some()) continue;
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  /// All that the terminal showed.
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  bool read_some() {
    char part[256];
    const auto got = read(terminal_, part, sizeof part);
    if (got <= 0) return false;
    seen_.append(part, static_cast<std::size_t>(got));
    shown_.append(part, static_cast<std::size_t>(got));
    return true;
  }
  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string seen_, shown_;
};

TEST(PasswordTerminal, AsksTwiceAndShowsNothing) {
  Typist typist("correct horse battery");
  typist.answer("New password: ", "correct horse battery\n");
  typist.answer("The same again: ", "correct horse battery\n");
  EXPECT_EQ(typist.status(), kRight);
  EXPECT_EQ(typist.shown().find("correct"), std::string::npos) << typist.shown();
}

TEST(PasswordTerminal, TwoThatDifferAreRefused) {
  Typist typist("");
  typist.answer("New password: ", "correct horse battery\n");
  typist.answer("The same again: ", "correct horse batterz\n");
  EXPECT_EQ(typist.status(), kUsage);
}

TEST(PasswordTerminal, ControlCCancelsWithoutKillingUs) {
  Typist typist("");
  typist.answer("New password: ", "corr\x03");
  EXPECT_EQ(typist.status(), kRefused) << "so that the terminal's echo is put back";
}

}  // namespace
}  // namespace postern::cli
