using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Microsoft.ML;

internal static class Generic
{
    /// <summary>Calls the generic method <paramref name="witness"/> was made from, for other type arguments.</summary>
    internal static TResult Invoke<TResult>(Delegate witness, Type[] types, params object[] arguments)
    {
        var method = witness.Method.GetGenericMethodDefinition().MakeGenericMethod(types);
        return (TResult)Unwrapped(() => method.Invoke(witness.Target, arguments));
    }

    /// <summary>Reflection wraps what a method throws; callers want the exception itself.</summary>
    internal static object Unwrapped(Func<object> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException e) when (e.InnerException != null)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }
}
