/// A dictionary of bounded size: what was neither read nor written for longest makes room. Each operation takes constant time.
package struct LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Node: Sendable {
    var key: Key
    var value: Value
    var older: Int?
    var newer: Int?

    mutating func apply<R>(_ change: (inout Value) -> R) -> R { change(&value) }
  }
  private let limit: Int
  private var indices: [Key: Int] = [:]
  /// A list by use, linked by places in this array. Free places are nil.
  private var nodes: [Node?] = []
  private var free: [Int] = []
  private var oldest: Int?
  private var newest: Int?

  package init(limit: Int) { self.limit = max(limit, 1) }

  package var count: Int { indices.count }
  /// In no order.
  package var keys: [Key] { Array(indices.keys) }

  /// Reading is use.
  package subscript(key: Key) -> Value? {
    mutating get {
      guard let index = indices[key] else { return nil }
      unlink(index)
      link(index)
      return nodes[index]?.value
    }
  }

  /// Changes the value of `key` where it lies; nil, without calling `change`, when there is none. That is use.
  package mutating func change<R>(_ key: Key, _ change: (inout Value) -> R) -> R? {
    guard let index = indices[key] else { return nil }
    unlink(index)
    link(index)
    return nodes[index]?.apply(change)
  }

  package mutating func set(_ value: Value, for key: Key) {
    if let index = indices[key] {
      nodes[index]?.value = value
      unlink(index)
      link(index)
      return
    }
    if indices.count >= limit, let oldest, let key = nodes[oldest]?.key { remove(key) }
    let node = Node(key: key, value: value)
    let index = free.popLast() ?? nodes.count
    if index == nodes.count { nodes.append(node) } else { nodes[index] = node }
    indices[key] = index
    link(index)
  }

  package mutating func remove(_ key: Key) {
    guard let index = indices.removeValue(forKey: key) else { return }
    unlink(index)
    nodes[index] = nil
    free.append(index)
  }

  /// Puts a node at the list's newest end.
  private mutating func link(_ index: Int) {
    nodes[index]?.older = newest
    nodes[index]?.newer = nil
    if let newest { nodes[newest]?.newer = index } else { oldest = index }
    newest = index
  }

  private mutating func unlink(_ index: Int) {
    guard nodes[index] != nil else { return }
    // No more of the node than its links: all of it would be a copy of key and value.
    let (older, newer) = (nodes[index]?.older, nodes[index]?.newer)
    if let older { nodes[older]?.newer = newer } else { oldest = newer }
    if let newer { nodes[newer]?.older = older } else { newest = older }
  }
}
