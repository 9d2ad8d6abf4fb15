#include "fcgi/listener.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <stdexcept>

namespace postern::fcgi {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(SocketAddress, ReadsTheThreeKinds) {
  EXPECT_EQ(std::get<UnixAddress>(parse_socket_address("unix:/run/a.sock")).path, "/run/a.sock");
  const auto v4 = std::get<TcpAddress>(parse_socket_address("tcp:127.0.0.1:9000"));
  EXPECT_EQ(v4.host, "127.0.0.1");
  EXPECT_EQ(v4.port, 9000);
  const auto v6 = std::get<TcpAddress>(parse_socket_address("tcp:[::1]:65535"));
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.port, 65535);
  EXPECT_EQ(std::get<InheritedSocket>(parse_socket_address("fd:3")).fd, 3);
}

TEST(SocketAddress, RefusesWhatIsWiderOrUnclear) {
  for (const char* text : {"",
                           "/run/a",
                           "unix:",
                           "unix:a",
                           "unix:@a",
                           "tcp:",
                           "tcp:9000",
                           "tcp::9000",
                           "tcp:*:9000",
                           "tcp:localhost:9000",
                           "tcp:127.0.0.1",
                           "tcp:127.0.0.1:",
                           "tcp:127.0.0.1:0",
                           "tcp:127.0.0.1:65536",
                           "tcp:127.0.0.1:9000x",
                           "tcp:127.1:9000",
                           "tcp:::1:9000",
                           "tcp:[127.0.0.1]:9000",
                           "tcp:[]:9000",
                           "fd:",
                           "fd:-1",
                           "fd:1x",
                           "FD:1"}) {
    EXPECT_THROW((void)parse_socket_address(text), std::invalid_argument) << text;
  }
}

TEST(SocketAddress, AUnixPathHasAtMost107Bytes) {
  EXPECT_NO_THROW((void)parse_socket_address("unix:/" + std::string(106, 'a')));
  EXPECT_THAT([] { (void)parse_socket_address("unix:/" + std::string(107, 'a')); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("108 bytes; the system allows 107")));
}

SocketSettings unix_settings() {
  SocketSettings settings;
  settings.address =
      "unix:" + testing::TempDir() + "listener_test." + std::to_string(getpid()) + ".sock";
  return settings;
}

std::string path_of(const SocketSettings& settings) {
  return settings.address.substr(5);
}

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

TEST(Listener, IsNonBlockingAndClosedOnExec) {
  const Listener listener(unix_settings());
  EXPECT_NE(fcntl(listener.fd(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(listener.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Listener, RemovesItsFileAtTheEnd) {
  const auto settings = unix_settings();
  { const Listener listener(settings); }
  EXPECT_FALSE(exists(path_of(settings)));
}

TEST(Listener, AForkedChildDoesNotRemoveTheFile) {
  const auto settings = unix_settings();
  auto listener = std::make_unique<Listener>(settings);
  const pid_t child = fork();
  if (child == 0) {
    listener.reset();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(exists(path_of(settings)));
}

TEST(Listener, LeavesAFileThatIsAnothersNow) {
  const auto settings = unix_settings();
  {
    const Listener first(settings);
    unlink(path_of(settings).c_str());
    close(open(path_of(settings).c_str(), O_CREAT | O_WRONLY, 0600));
  }
  EXPECT_TRUE(exists(path_of(settings)));
  unlink(path_of(settings).c_str());
}

TEST(Listener, ReplacesAStaleSocketAndRefusesALiveOne) {
  const auto settings = unix_settings();
  {
    const Listener first(settings);
    EXPECT_THAT([&] { Listener{settings}; },
                ThrowsMessage<std::runtime_error>(HasSubstr("another process is listening")));
    EXPECT_TRUE(exists(path_of(settings)));
    link(path_of(settings).c_str(), (path_of(settings) + ".kept").c_str());
  }
  std::rename((path_of(settings) + ".kept").c_str(), path_of(settings).c_str());
  ASSERT_TRUE(exists(path_of(settings)));
  EXPECT_NO_THROW(Listener{settings});
}

TEST(Listener, ALiveSocketWithAFullQueueIsLive) {
  auto settings = unix_settings();
  settings.backlog = 0;
  const Listener first(settings);
  const auto connect_once = [&] { EXPECT_THROW(Listener{settings}, std::runtime_error); };
  for (int i = 0; i < 4; ++i) connect_once();  // each probe stays in the queue of one
}

TEST(Listener, TheModeIsExactWhateverTheUmask) {
  for (const mode_t mask : {0U, 022U, 0777U}) {
    const mode_t before = umask(mask);
    const auto settings = unix_settings();
    const Listener listener(settings);
    struct stat found {};
    stat(path_of(settings).c_str(), &found);
    EXPECT_EQ(found.st_mode & 07777U, 0660U);
    EXPECT_EQ(umask(before), mask);  // and the umask is as it was
  }
}

TEST(Listener, AfterStoppingNobodyNewConnectsButTheQueueStays) {
  const auto settings = unix_settings();
  Listener listener(settings);
  EXPECT_THROW(Listener{settings}, std::runtime_error);  // its probe waits in the queue
  listener.stop_new_connections();
  EXPECT_FALSE(exists(path_of(settings)));
  const UniqueFd waiting(accept(listener.fd(), nullptr, nullptr));
  EXPECT_TRUE(waiting);
}

}  // namespace
}  // namespace postern::fcgi
