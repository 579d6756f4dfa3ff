namespace TorchSharp.Utils;

/// <summary>Gives a module's field another name than its own in state_dict.</summary>
[AttributeUsage(AttributeTargets.Field, AllowMultiple = false, Inherited = true)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}
