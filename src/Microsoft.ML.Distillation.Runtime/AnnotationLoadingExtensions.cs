using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Annotations;

namespace Microsoft.ML;

/// <summary>The doors to annotated images in the formats that labelling tools write, on <see cref="MLContext"/>.</summary>
/// <remarks>
/// <para>
/// All give rows of <see cref="AnnotatedImage"/>: <c>ImagePath</c> (text), <c>Label</c> (vector of text), <c>BoundingBoxes</c> (vector of float, x0 y0 x1 y1 of each object, in pixels),
/// <c>Area</c> (vector of float), <c>IsCrowd</c> (vector of bool), <c>Width</c> and <c>Height</c>. <c>MapValueToKey("Label")</c> and <c>LoadImages("Image", "", "ImagePath")</c> make of them
/// what a detector trains on.
/// </para>
/// <para>
/// Annotations are read at once, images not at all (of YOLO's the headers): they may be more than memory holds. An image without objects is a row; a box is kept as it is, though it be empty or
/// reach beyond the image. Boxes are in pixels of the image as it is stored, whatever EXIF says of turning it, for so ML.NET decodes it: YOLO's, which are shares, are refused for an image that is to
/// be turned; of the other formats' a row is bad in training whose annotated width and height are the stored ones the other way round. Boxes drawn on an image that was mirrored, or turned upside
/// down, can't be told; the report lists such images. Images must lie in the folder of images: a name that leads out of it is refused.
/// </para>
/// </remarks>
public static class AnnotationLoadingExtensions
{
    /// <summary>Loads the annotations of a file in COCO's format: <c>images</c>, <c>annotations</c> with <c>bbox</c>, <c>categories</c>.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="annotationFile">The JSON file, such as <c>instances_train2017.json</c>.</param>
    /// <param name="imagesFolder">Where the images are; null for the folder of the file.</param>
    /// <param name="keepCrowds">
    /// Whether boxes marked as crowds (<c>iscrowd</c>) are kept, for an evaluation that is told of the column <c>IsCrowd</c>; false drops them, as training wants it.
    /// <value>The default is false.</value>
    /// </param>
    /// <returns>A row for each image, in the order of the file.</returns>
    /// <remarks>Format: https://cocodataset.org/#format-data.</remarks>
    /// <exception cref="InvalidDataException">The file is malformed; the message names the place, and the annotation or image by its id.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IDataView LoadCocoAnnotations(this MLContext ml, string annotationFile, string? imagesFolder = null, bool keepCrowds = false)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrEmpty(annotationFile);
        return ml.Data.LoadFromEnumerable(CocoAnnotations.Read(annotationFile, ImageFolder.Or(imagesFolder, annotationFile), keepCrowds));
    }

    /// <summary>Loads annotations in the format of the PASCAL VOC challenges: an XML file an image.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="annotationsFolder">The folder of XML files, such as <c>Annotations</c>.</param>
    /// <param name="imagesFolder">
    /// Where the images are, such as <c>JPEGImages</c>: each by the <c>filename</c> in its XML file (of a path that begins at a root, its last part) or, where there is no such image, by the name of the XML file.
    /// </param>
    /// <param name="imageSetFile">A file that lists the images to load by name without extension, one a line, such as <c>ImageSets/Main/train.txt</c>; null for all.</param>
    /// <param name="countsFromOne">
    /// Whether corners are pixels counted from 1, both included, as in the challenges' own files: 1 is then taken from <c>xmin</c> and <c>ymin</c>. Most tools write edges counted from 0.
    /// <value>The default is false.</value>
    /// </param>
    /// <param name="keepDifficult">Whether objects marked as <c>difficult</c> are kept. <value>The default is true.</value></param>
    /// <returns>A row for each XML file, in the order of the list or of their names.</returns>
    /// <remarks>Everingham et al.: "The PASCAL visual object classes (VOC) challenge", 2010; format: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/index.html.</remarks>
    /// <exception cref="InvalidDataException">A file is malformed, or its image is missing; the message names file, line and field.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static IDataView LoadPascalVocAnnotations(
        this MLContext ml, string annotationsFolder, string imagesFolder, string? imageSetFile = null, bool countsFromOne = false, bool keepDifficult = true)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrEmpty(annotationsFolder);
        ArgumentException.ThrowIfNullOrEmpty(imagesFolder);
        var reader = new PascalVocAnnotations(new ImageFolder(imagesFolder), countsFromOne, keepDifficult);
        return ml.Data.LoadFromEnumerable(reader.Read(annotationsFolder, imageSetFile));
    }

    /// <summary>
    /// Loads annotations in YOLO's format: a text file an image with a line an object, <c>class x y width height</c>, where x and y are the box's centre, all as shares of the image's size.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="labelsFolder">The folder of text files; each lies where its image lies in the folder of images. An image without a text file has no objects.</param>
    /// <param name="imagesFolder">The images, or links to them, in this folder and those below. Links to folders are refused.</param>
    /// <param name="classesFile">What the classes are called: a YAML file with <c>names</c> (<c>data.yaml</c>), or a text file with one name a line (<c>classes.txt</c>, <c>obj.names</c>).</param>
    /// <returns>A row for each image, in the order of their paths.</returns>
    /// <remarks>
    /// A line with the corners of an outline instead (<c>class x1 y1 x2 y2 x3 y3 …</c>) gives the box around it. Format: https://docs.ultralytics.com/datasets/detect/.
    /// </remarks>
    /// <exception cref="InvalidDataException">A file is malformed, a text file of boxes has no image, a folder is a link, or an image's size can't be read; the message names file and line.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static IDataView LoadYoloAnnotations(this MLContext ml, string labelsFolder, string imagesFolder, string classesFile)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrEmpty(labelsFolder);
        ArgumentException.ThrowIfNullOrEmpty(imagesFolder);
        ArgumentException.ThrowIfNullOrEmpty(classesFile);
        var reader = new YoloAnnotations(labelsFolder, new ImageFolder(imagesFolder), YoloClassNames.Read(classesFile));
        return ml.Data.LoadFromEnumerable(reader.Read(classesFile));
    }

    /// <summary>
    /// Loads the annotations of a JSON file that VoTT 2 exported ("VoTT JSON"), as ML.NET's Model Builder takes it, or of the file it keeps of one asset. A region with several tags is an object of each.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="annotationFile">The JSON file, such as <c>project-export.json</c>.</param>
    /// <param name="imagesFolder">Where the images are, each by its asset's name; null for the folder of the file, where VoTT puts them.</param>
    /// <returns>A row for each asset, in the order of the file.</returns>
    /// <remarks>Format: https://github.com/microsoft/VoTT.</remarks>
    /// <exception cref="InvalidDataException">The file is malformed; the message names the asset and its region, counted from 0.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IDataView LoadVottAnnotations(this MLContext ml, string annotationFile, string? imagesFolder = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrEmpty(annotationFile);
        return ml.Data.LoadFromEnumerable(VottAnnotations.Read(annotationFile, ImageFolder.Or(imagesFolder, annotationFile)));
    }
}
