import Foundation
import Handfast
import HandfastCore

/// A trace as JSON Lines: a header object on the first line, then one object for each entry. `docs/trace-format.md` describes
/// it; the version goes up when a reader of the old one would misread the new one.
public enum TraceFile {
  public static let format = "handfast-trace"
  public static let version = 2

  /// The first line, without its line feed.
  public static let header = #"{"format":"\#(format)","generator":"handfast","version":\#(version)}"#

  /// One entry's line, without its line feed.
  public static func line(_ entry: TraceEntry) throws -> String { try entry.json.line() }

  /// The whole file.
  public static func text(_ entries: [TraceEntry]) throws -> String {
    var text = header + "\n"
    for entry in entries { text += try line(entry) + "\n" }
    return text
  }

  /// Reads a whole file. Keys that are not known are passed over, so that a newer writer can add some.
  ///
  /// - Throws: `TraceFormatError`, with the line.
  public static func entries(in text: String) throws(TraceFormatError) -> [TraceEntry] {
    var entries: [TraceEntry] = []
    var sawHeader = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      do throws(TraceFormatError) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line.utf8)) else { throw .notJSON }
        let object = try JSONObject(value, "line")
        if sawHeader {
          entries.append(try TraceEntry(json: object))
        } else {
          try check(header: object)
          sawHeader = true
        }
      } catch {
        throw .inLine(index + 1, error.description)
      }
    }
    guard sawHeader else { throw .notATrace }
    return entries
  }

  private static func check(header: JSONObject) throws(TraceFormatError) {
    guard (try? header.string("format")) == format else { throw .notATrace }
    let version = try header.int("version")
    guard (1...Self.version).contains(version) else { throw .unknownVersion(version) }
  }
}

/// Why a file is not a trace that this version reads.
@nonexhaustive public enum TraceFormatError: Error, Hashable, Sendable, CustomStringConvertible {
  case notATrace
  case unknownVersion(Int)
  case notJSON
  case missing(key: String)
  case wrongType(key: String)
  case unknownValue(key: String, value: String)
  /// The line's number, from 1, and what is wrong with it.
  case inLine(Int, String)

  public var description: String {
    switch self {
    case .notATrace: "this is no handfast trace: the first line is not its header"
    case .unknownVersion(let version): "version \(version) of the trace format is not known here"
    case .notJSON: "not a JSON object"
    case .missing(let key): "\"\(key)\" is missing"
    case .wrongType(let key): "\"\(key)\" is not of the type it should be"
    case .unknownValue(let key, let value): "\"\(key)\" has the unknown value \"\(value)\""
    case .inLine(let number, let problem): "line \(number): \(problem)"
    }
  }
}

/// "2026-11-23T23:05:00.123456789Z": a number of nanoseconds would not survive readers that hold numbers as doubles.
enum TraceTime {
  static func text(_ nanoseconds: Int64) -> String {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (whole, fraction) = rest < 0 ? (seconds - 1, rest + 1_000_000_000) : (seconds, rest)
    let date = Date(timeIntervalSince1970: TimeInterval(whole)).formatted(.iso8601).dropLast()
    let digits = String(fraction)
    return "\(date).\(String(repeating: "0", count: 9 - digits.count))\(digits)Z"
  }

  static func nanoseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, parts[1].count == 10, parts[1].last == "Z", let fraction = Int64(parts[1].dropLast()),
      let date = try? Date("\(parts[0])Z", strategy: .iso8601)
    else { return nil }
    let (whole, overflow) = Int64(date.timeIntervalSince1970).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsAgain) = whole.addingReportingOverflow(fraction)
    return overflow || overflowsAgain ? nil : sum
  }
}
