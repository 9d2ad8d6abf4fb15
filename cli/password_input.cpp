#include "cli/password_input.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "cli/exit_code.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr char kInterrupt = '\x03';

/// The controlling terminal with its echo off, put back at the end. Ctrl-C ends the line instead of
/// the process, which would leave the terminal mute.
class MuteTerminal {
 public:
  MuteTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (descriptor_ < 0 || tcgetattr(descriptor_, &before_) != 0) {
      if (descriptor_ >= 0) ::close(descriptor_);
      throw CommandError(kUsage,
                         "there is no terminal to ask for the password on; use "
                         "--password-stdin or --random");
    }
    auto mute = before_;
    mute.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    mute.c_lflag |= ICANON;
    mute.c_cc[VEOL] = kInterrupt;
    tcsetattr(descriptor_, TCSAFLUSH, &mute);
  }
  ~MuteTerminal() {
    tcsetattr(descriptor_, TCSAFLUSH, &before_);
    ::close(descriptor_);
  }
  MuteTerminal(const MuteTerminal&) = delete;
  MuteTerminal& operator=(const MuteTerminal&) = delete;

  domain::Secret ask(std::string_view prompt) {
    write(prompt);
    std::string line(kMaxLine, '\0');
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, line.data(), line.size());
    } while (got < 0 && errno == EINTR);
    write("\n");
    line.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (line.empty() || line.back() == kInterrupt) throw CommandError(kRefused, "cancelled");
    return one_line(line);
  }

 private:
  void write(std::string_view text) {
    if (::write(descriptor_, text.data(), text.size()) < 0) {
      throw CommandError(kRefused, "the terminal is gone");
    }
  }
  int descriptor_;
  termios before_{};
};

domain::Secret ask_twice() {
  MuteTerminal terminal;
  auto first = terminal.ask("New password: ");
  const auto second = terminal.ask("The same again: ");
  if (!first.equals(second.reveal())) throw CommandError(kUsage, "the two passwords differ");
  return first;
}

domain::Secret read_stdin() {
  std::string received(kMaxLine + 3, '\0');
  std::size_t size = 0;
  while (size < received.size()) {
    const auto got = ::read(STDIN_FILENO, received.data() + size, received.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw CommandError(kUsage, "--password-stdin: standard input cannot be read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  received.resize(size);
  return one_line(received);
}

}  // namespace

domain::Secret one_line(std::string_view received) {
  if (received.ends_with('\n')) received.remove_suffix(1);
  if (received.ends_with('\r')) received.remove_suffix(1);
  if (received.empty()) throw CommandError(kUsage, "the password is empty");
  if (received.size() > kMaxLine) throw CommandError(kUsage, "the password is too long");
  for (const char c : received) {
    if (c == '\n' || c == '\r' || c == '\0') {
      throw CommandError(kUsage, "the password must be one line of text");
    }
  }
  return domain::Secret(std::string(received));
}

domain::Secret read_password(PasswordSource source, domain::Random& random,
                             std::size_t random_length) {
  switch (source) {
    case PasswordSource::Terminal:
      return ask_twice();
    case PasswordSource::Stdin:
      return read_stdin();
    case PasswordSource::Random:
      return domain::Secret(domain::random_base62(random, random_length));
  }
  return {};
}

}  // namespace postern::cli
