import NIOCore
import NIOPosix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What went wrong below TLS: with whom, and why. `TLSFailure` is for what went wrong within it.
public struct NetworkError: Error, Hashable, Sendable {
  @nonexhaustive public enum Reason: Hashable, Sendable {
    /// Ports go from 0 to 65,535, and only a listener may ask for 0.
    case invalidPort
    case unknownHost
    case refused
    case unreachable
    /// Nobody answered the connection attempt, or no close_notify came in time.
    case timedOut
    case reset
    case addressInUse
    case addressNotAvailable
    case notPermitted
    /// The connection was over before the call.
    case closed
    /// Two tasks read from one connection at the same time.
    case alreadyReading
    /// Anything else, in the system's words.
    case other(String)
  }
  /// As it was given.
  public let host: String
  public let port: Int
  public let reason: Reason

  public init(host: String, port: Int, reason: Reason) {
    self.host = host
    self.port = port
    self.reason = reason
  }
}

extension NetworkError: CustomStringConvertible {
  public var description: String { "\(place): \(reason)" }

  private var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension NetworkError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidPort: "not a port number"
    case .unknownHost: "there is no such host"
    case .refused: "connection refused; nothing listens there"
    case .unreachable: "unreachable"
    case .timedOut: "no answer in time"
    case .reset: "the peer reset the connection"
    case .addressInUse: "the address is in use; another program listens there"
    case .addressNotAvailable: "this machine does not have that address"
    case .notPermitted: "not permitted"
    case .closed: "the connection is closed"
    case .alreadyReading: "another task is reading from this connection"
    case .other(let text): text
    }
  }
}

extension NetworkError {
  init(_ error: any Error, host: String, port: Int) {
    if let error = error as? NetworkError {
      self = error
    } else {
      self.init(host: host, port: port, reason: Reason(error))
    }
  }
}

extension NetworkError.Reason {
  fileprivate init(_ error: any Error) {
    switch error {
    case let error as IOError: self = Self(errno: error.errnoCode) ?? .other(error.description)
    case let error as NIOConnectionError:
      if let attempt = error.connectionErrors.first {
        self = Self(attempt.error)
      } else if error.dnsAError != nil || error.dnsAAAAError != nil {
        self = .unknownHost
      } else {
        self = .other("\(error)")
      }
    case ChannelError.connectTimeout: self = .timedOut
    case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.outputClosed, ChannelError.eof:
      self = .closed
    case is SocketAddressError, is SocketAddressError.UnknownHost: self = .unknownHost
    default: self = .other("\(error)")
    }
  }

  private init?(errno code: CInt) {
    switch code {
    case ECONNREFUSED: self = .refused
    case ECONNRESET, EPIPE, ECONNABORTED: self = .reset
    case ETIMEDOUT: self = .timedOut
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN: self = .unreachable
    case EADDRINUSE: self = .addressInUse
    case EADDRNOTAVAIL: self = .addressNotAvailable
    case EACCES, EPERM: self = .notPermitted
    default: return nil
    }
  }
}
