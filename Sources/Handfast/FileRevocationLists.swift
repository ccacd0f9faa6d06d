public import HandfastTrust
import Synchronization
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Revocation lists (CRLs) from files, read again when they are replaced: whatever fetches them needs to restart nobody.
///
/// Each file holds one list in DER, or any number in PEM. The files take effect all together; replace each by renaming a whole file
/// into its place. When one cannot be read, the lists that were there stay, and go stale in their time.
public final class FileRevocationLists: RevocationListSource {
  /// What came of looking at the files again.
  @nonexhaustive public enum Change: Sendable {
    /// The files have changed, and these lists are now used.
    case replaced([RevocationListDescription])
    /// The files cannot be used, and the lists from before stay. Said once, until the error is another one.
    case kept(RevocationFileError)
  }

  private let watch: Watch
  private let task: Task<Void, Never>?

  /// Reads the files, and throws when one cannot be used.
  ///
  /// - Parameters:
  ///   - paths: At most 1024, and `RevocationLists.byteLimit` bytes in all.
  ///   - checkSeconds: How often the files are looked at; 0: only by `reload()`.
  ///   - onChange: Told of new lists, and of files that cannot be used any more. Called on no connection's path.
  public init(
    paths: [String], checkSeconds: Int = 10, onChange: @escaping @Sendable (Change) -> Void = { _ in }
  ) throws(RevocationFileError) {
    let stamps = try Self.stamps(paths)
    let watch = Watch(paths: paths, lists: try Self.load(paths, stamps), stamps: stamps, onChange: onChange)
    self.watch = watch
    task =
      checkSeconds <= 0
      ? nil
      : Task {
        while !Task.isCancelled {
          do { try await Task.sleep(for: .seconds(checkSeconds)) } catch { return }
          watch.reload(always: false)
        }
      }
  }

  deinit { task?.cancel() }

  public var revocationLists: RevocationLists { watch.lists }

  /// Reads the files now, as for a signal, and uses what they hold if it can be used.
  public func reload() { watch.reload(always: true) }

  /// What shows that a file was replaced or written to. Lists can be large: they are not read just to see that they are the same.
  fileprivate struct Stamp: Hashable {
    let inode: UInt64
    let size: Int64
    let modified: Double
  }

  fileprivate static func stamps(_ paths: [String]) throws(RevocationFileError) -> [Stamp] {
    var stamps: [Stamp] = []
    for path in paths {
      let status: Stat
      do {
        status = try FilePath(path).stat()
      } catch {
        throw .unreadable(path: path, reason: "\(error)")
      }
      // Looked at before it is opened: a pipe would keep us waiting, and a large file fill the memory.
      guard status.type == .regular else { throw .notAFile(path: path) }
      let modified = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      stamps.append(
        Stamp(
          inode: UInt64(status.inode.rawValue), size: Int64(status.size),
          modified: modified?.timeIntervalSince1970 ?? 0))
    }
    return stamps
  }

  fileprivate static func load(_ paths: [String], _ stamps: [Stamp]) throws(RevocationFileError) -> RevocationLists {
    let size = stamps.reduce(0) { $0 + $1.size }
    guard size <= RevocationLists.byteLimit else {
      throw .unusable(
        path: paths.joined(separator: ", "), .tooLarge(byteCount: Int(size), limit: RevocationLists.byteLimit))
    }
    var files: [[UInt8]] = []
    for path in paths {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw .unreadable(path: path, reason: "not permitted")
      }
      let bytes = [UInt8](data)
      // Each by itself first, so that an error names the file.
      do { _ = try RevocationLists([bytes]) } catch { throw .unusable(path: path, error) }
      files.append(bytes)
    }
    do { return try RevocationLists(files) } catch { throw .unusable(path: paths.joined(separator: ", "), error) }
  }

  /// What the task needs, so that it does not keep its owner alive.
  private final class Watch: Sendable {
    private struct State {
      var lists: RevocationLists
      var stamps: [Stamp]
      var error: RevocationFileError?
    }
    private let paths: [String]
    private let onChange: @Sendable (Change) -> Void
    private let state: Mutex<State>
    /// Held while the files are read, so that nobody waits for them who only wants the lists.
    private let reading = Mutex<Void>(())

    init(
      paths: [String], lists: RevocationLists, stamps: [Stamp], onChange: @escaping @Sendable (Change) -> Void
    ) {
      self.paths = paths
      self.onChange = onChange
      state = Mutex(State(lists: lists, stamps: stamps, error: nil))
    }

    var lists: RevocationLists { state.withLock { $0.lists } }

    func reload(always: Bool) {
      let change: Change? = reading.withLock { _ in
        do throws(RevocationFileError) {
          let stamps = try FileRevocationLists.stamps(paths)
          guard always || stamps != state.withLock({ $0.stamps }) || state.withLock({ $0.error }) != nil else {
            return nil
          }
          let lists = try FileRevocationLists.load(paths, stamps)
          state.withLock { $0 = State(lists: lists, stamps: stamps, error: nil) }
          return .replaced(lists.descriptions)
        } catch {
          let isNews = state.withLock { state in
            defer { state.error = error }
            return state.error != error
          }
          return isNews ? .kept(error) : nil
        }
      }
      // After the lock: the callback may ask for a reload itself.
      if let change { onChange(change) }
    }
  }
}

/// Why a file of revocation lists cannot be used. Each case names the file, the problem and the way out.
@nonexhaustive public enum RevocationFileError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case notAFile(path: String)
  case unusable(path: String, RevocationListError)
}

extension RevocationFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): the revocation list cannot be read (\(reason)): check path and permissions"
    case .notAFile(let path): "\(path): this is no file: name a file with revocation lists, DER or PEM"
    case .unusable(let path, let error): "\(path): \(error)"
    }
  }
}
