/// A value on the heap with one owner, so that an enum of many large states moves a word and not the largest of them.
///
/// The language does not take `indirect` for noncopyable enums yet.
struct Boxed<Value: ~Copyable & Sendable>: ~Copyable {
  private let storage: Storage
  private static var isOpen: String { "a box is opened once: opening consumes it" }

  init(_ value: consuming Value) { storage = Storage(value) }

  /// Unchecked: a box cannot be copied, so that one owner at a time reaches what is stored.
  private final class Storage: @unchecked Sendable {
    var value: Value?

    init(_ value: consuming Value) { self.value = consume value }
  }

  consuming func open() -> Value {
    guard let value = storage.value.take() else { preconditionFailure(Self.isOpen) }
    return value
  }

  func read<Result, Failure: Error>(_ body: (borrowing Value) throws(Failure) -> Result) throws(Failure) -> Result {
    switch storage.value {
    case .some(let value): try body(value)
    case .none: preconditionFailure(Self.isOpen)
    }
  }

  mutating func change<Failure: Error>(_ body: (inout Value) throws(Failure) -> Void) throws(Failure) {
    guard var value = storage.value.take() else { preconditionFailure(Self.isOpen) }
    do throws(Failure) { try body(&value) } catch {
      storage.value = consume value
      throw error
    }
    storage.value = consume value
  }
}
