// An append-only column of rows: one writer adds, any number of readers look, and nobody waits for anybody. Rows never
// move and never change, so what a reader has seen stays as it was; "as of" is then no more than "the first n rows".
// Chunks double, so a short column is small and a long one needs few of them.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "ledger/base/assert.hpp"

namespace dengji::contracts::insight {

template <class T>
class Column {
 public:
  Column() = default;
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;
  ~Column() {
    const std::size_t count = size();
    for (std::size_t row = 0; row < count; ++row) std::destroy_at(place(row));
    for (T* chunk : chunks_) ::operator delete(chunk, std::align_val_t{alignof(T)});
  }

  // Writer only. The row's number.
  std::size_t push(T value) {
    const std::size_t row = size_.load(std::memory_order_relaxed);
    const std::size_t chunk = chunk_of(row);
    LEDGER_ASSERT(chunk < chunks_.size());
    if (chunks_[chunk] == nullptr) {
      chunks_[chunk] = static_cast<T*>(::operator new(sizeof(T) * (kFirst << chunk), std::align_val_t{alignof(T)}));
    }
    std::construct_at(place(row), std::move(value));
    // A reader that sees the new size sees the row and the chunk that it stands in.
    size_.store(row + 1, std::memory_order_release);
    return row;
  }

  // Rows that are there for good. Any thread.
  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  // `row` must be below a size() that the caller has seen.
  const T& operator[](std::size_t row) const { return *place(row); }

  // visit(row number, row) for [0, end), chunk by chunk; `end` as for operator[].
  template <class Visit>
  void each(std::size_t end, Visit&& visit) const {
    std::size_t row = 0;
    for (std::size_t chunk = 0; row < end; ++chunk) {
      const T* at = chunks_[chunk];
      const std::size_t stop = std::min(end, row + (kFirst << chunk));
      for (; row < stop; ++row, ++at) visit(row, *at);
    }
  }

  // How many rows come before the first for which `below` is false; rows must be ordered by it.
  template <class Below>
  std::size_t count_while(Below&& below) const {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (below((*this)[middle])) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

 private:
  static constexpr std::size_t kFirst = 512;  // rows of the first chunk; chunk k has kFirst << k
  static constexpr std::size_t kChunks = 32;

  static std::size_t chunk_of(std::size_t row) {
    return static_cast<std::size_t>(std::bit_width(row / kFirst + 1)) - 1;
  }
  T* place(std::size_t row) const {
    // 1 << chunk is the highest power of two in row / kFirst + 1.
    return chunks_[chunk_of(row)] + (row - kFirst * (std::bit_floor(row / kFirst + 1) - 1));
  }

  std::array<T*, kChunks> chunks_{};
  std::atomic<std::size_t> size_{0};
};

}  // namespace dengji::contracts::insight
