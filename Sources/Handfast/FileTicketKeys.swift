public import HandfastCore
import HandfastCrypto
import Synchronization

/// Ticket keys from files, for servers that share them: a session that began with one of them is resumed by any.
///
/// Each file holds one key: 80 random bytes (`openssl rand 80`), or 48, the sizes that nginx uses. The first 16 are the key's
/// name; all others go into an AES-256 key. The first file's key seals new tickets, and the keys of all files open them.
///
/// To rotate without dropping a session, first give every server the new key in second place, then in the first with the old one
/// in second, and take the old one away when its tickets have expired. The files are read again every few seconds, and take effect
/// all together; replace each by renaming a whole file into its place. When one cannot be used, the keys that were there stay.
///
/// Whoever has such a file can read every TLS 1.2 session that its tickets resume, and TLS 1.3's early data.
public final class FileTicketKeys: TicketKeySource {
  /// What came of looking at the files again.
  @nonexhaustive public enum Change: Hashable, Sendable {
    /// The files have other keys than before, and these are now used.
    case replaced
    /// The files cannot be used, and the keys from before stay. Said once, until the error is another one.
    case kept(TicketKeyFileError)
  }

  private let watch: Watch
  private let task: Task<Void, Never>?

  /// Reads the files, and throws when one cannot be used.
  ///
  /// - Parameters:
  ///   - paths: At most 16; the first file's key seals.
  ///   - checkSeconds: How often the files are read again; 0: only by `reload()`.
  ///   - onChange: Told of new keys, and of files that cannot be used any more. Called on no connection's path.
  public init(
    paths: [String], checkSeconds: Int = 10, onChange: @escaping @Sendable (Change) -> Void = { _ in }
  ) throws(TicketKeyFileError) {
    let watch = Watch(paths: paths, keys: try TicketKeyFile.load(paths), onChange: onChange)
    self.watch = watch
    task =
      checkSeconds <= 0
      ? nil
      : Task {
        while !Task.isCancelled {
          do { try await Task.sleep(for: .seconds(checkSeconds)) } catch { return }
          watch.reload()
        }
      }
  }

  deinit { task?.cancel() }

  /// Reads the files now, as for a signal, and uses what they hold if they can be used.
  public func reload() { watch.reload() }

  public func sealingKey(at now: UInt64) -> TicketKey? { watch.published.first() }

  public func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey? {
    TicketKeyName(name).flatMap { watch.published.key(named: $0) }
  }

  /// What the task needs, so that it does not keep its owner alive.
  private final class Watch: Sendable {
    let published = PublishedTicketKeys(limit: TicketKeyFile.limit)
    private let paths: [String]
    private let onChange: @Sendable (Change) -> Void
    /// What was last published and reported. Held only by those who read the files.
    private let state: Mutex<(keys: [TicketKey], error: TicketKeyFileError?)>

    init(paths: [String], keys: [TicketKey], onChange: @escaping @Sendable (Change) -> Void) {
      self.paths = paths
      self.onChange = onChange
      state = Mutex((keys, nil))
      published.publish(keys)
    }

    func reload() {
      let change: Change? = state.withLock { state in
        do throws(TicketKeyFileError) {
          let keys = try TicketKeyFile.load(paths)
          state.error = nil
          guard !areSame(keys, state.keys) else { return nil }
          state.keys = keys
          published.publish(keys)
          return .replaced
        } catch {
          guard state.error != error else { return nil }
          state.error = error
          return .kept(error)
        }
      }
      // After the lock: the callback may ask for a reload itself.
      if let change { onChange(change) }
    }

    private func areSame(_ lhs: [TicketKey], _ rhs: [TicketKey]) -> Bool {
      lhs.count == rhs.count
        && zip(lhs, rhs).allSatisfy { one, other in
          one.name == other.name
            && one.secret.withSpan { one in other.secret.withSpan { constantTimeEqual(one, $0) } }
        }
    }
  }
}
