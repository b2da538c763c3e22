#include "support/loop_thread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace telltale::testing {

using std::chrono::steady_clock;

LoopThread::LoopThread()
    : tasks_(loop().executor()),
      stopped_(loop().context(), steady_clock::time_point::max()),
      thread_([this] { loops_.run(run_until_stopped()); }) {}

base::Task<> LoopThread::run_until_stopped() {
  // Ends with stop().
  co_await stopped_.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
  tasks_.stop();
  co_await tasks_.join();
}

void LoopThread::spawn(base::Task<> task) {
  base::asio::post(loop().executor(),
                   [this, task = std::move(task)]() mutable { tasks_.spawn(std::move(task)); });
}

void LoopThread::stop() {
  if (!thread_.joinable()) return;
  // Expired rather than cancelled: that ends a wait which begins later, too.
  base::asio::post(loop().executor(), [this] { stopped_.expires_at(steady_clock::time_point::min()); });
  thread_.join();
}

}  // namespace telltale::testing
